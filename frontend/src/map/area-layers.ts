import type { LayerSpecification } from "maplibre-gl";

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

type Opacity = NonNullable<NonNullable<Extract<LayerSpecification, { type: "fill" }>["paint"]>["fill-opacity"]>;

const FULLER_WHEN_SELECTED: Opacity = ["case", ["==", ["get", "selected"], true], 0.26, 0.14];

/** Areas in the colours of their severity: a thin fill under which the map stays legible, and an outline. */
export const areaLayers = (prefix: string, opacity: Opacity = FULLER_WHEN_SELECTED) => (source: string): LayerSpecification[] => {
  const colour: NonNullable<Extract<LayerSpecification, { type: "line" }>["paint"]>["line-color"] = [
    "match",
    ["get", "severity"],
    "Extreme", css("--severity-extreme"),
    "Severe", css("--severity-severe"),
    "Moderate", css("--severity-moderate"),
    "Minor", css("--severity-minor"),
    css("--severity-unknown"),
  ];
  return [
    { id: `${prefix}-fill`, type: "fill", source, paint: { "fill-color": colour, "fill-opacity": opacity } },
    { id: `${prefix}-halo`, type: "line", source, paint: { "line-color": css("--map-halo"), "line-width": 4, "line-opacity": 0.7 } },
    { id: `${prefix}-line`, type: "line", source, paint: { "line-color": colour, "line-width": ["case", ["==", ["get", "selected"], true], 3, 2] } },
  ];
};
