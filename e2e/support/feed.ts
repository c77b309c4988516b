/** Earthquakes in the shape of the USGS GeoJSON summary feed, invented for the stories. */
export interface Quake {
  id: string;
  magnitude: number;
  place: string;
  longitude: number;
  latitude: number;
  updated?: number;
}

const STARTED = Date.now();

export function quake({ id, magnitude, place, longitude, latitude, updated = STARTED }: Quake): object {
  return {
    type: "Feature",
    id,
    geometry: { type: "Point", coordinates: [longitude, latitude, 10.5] },
    properties: {
      mag: magnitude,
      place,
      time: STARTED - 60_000,
      updated,
      tz: null,
      url: `https://earthquake.example/${id}`,
      detail: `https://earthquake.example/${id}.geojson`,
      felt: null,
      cdi: null,
      mmi: null,
      alert: magnitude >= 6 ? "yellow" : "green",
      status: "reviewed",
      tsunami: 0,
      sig: Math.round(magnitude * 100),
      net: id.slice(0, 2),
      code: id.slice(2),
      ids: `,${id},`,
      sources: `,${id.slice(0, 2)},`,
      types: ",origin,phase-data,",
      nst: 20,
      dmin: 0.1,
      rms: 0.2,
      gap: 60,
      magType: "mw",
      type: "earthquake",
      title: `M ${magnitude.toFixed(1)} - ${place}`,
    },
  };
}

export function summary(features: unknown[]): object {
  return {
    type: "FeatureCollection",
    metadata: {
      generated: Date.now(),
      url: "https://earthquake.example/all_day.geojson",
      title: "USGS All Earthquakes, Past Day",
      status: 200,
      api: "1.14.1",
      count: features.length,
    },
    features,
  };
}
