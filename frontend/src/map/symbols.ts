import type { Severity } from "@/api/types";

export type Shape = "diamond" | "triangle" | "square" | "circle" | "ring" | "pin";

/** A mark on the map: a shape with a colour, an outline and a halo, and a sign inside. Legible at 20 px. */
export interface Symbol {
  shape: Shape;
  /** The CSS variable of its colour. */
  colour: string;
  /** Drawn inside, in the colour of the surface. */
  sign?: string;
}

/** The same shapes as in the lists (`components/meanings`). */
export const SEVERITY_SYMBOL: Record<Severity, Symbol> = {
  Extreme: { shape: "diamond", colour: "--severity-extreme" },
  Severe: { shape: "triangle", colour: "--severity-severe" },
  Moderate: { shape: "square", colour: "--severity-moderate" },
  Minor: { shape: "circle", colour: "--severity-minor" },
  Unknown: { shape: "ring", colour: "--severity-unknown" },
};

/** CSS pixels of a symbol's image; layers scale it. */
export const SYMBOL_SIZE = 40;

function outline(context: CanvasRenderingContext2D, shape: Shape): void {
  const c = SYMBOL_SIZE / 2;
  const r = 14;
  context.beginPath();
  switch (shape) {
    case "diamond":
      context.moveTo(c, c - r * 1.15);
      context.lineTo(c + r * 1.15, c);
      context.lineTo(c, c + r * 1.15);
      context.lineTo(c - r * 1.15, c);
      break;
    case "triangle":
      context.moveTo(c, c - r * 1.1);
      context.lineTo(c + r * 1.15, c + r * 0.9);
      context.lineTo(c - r * 1.15, c + r * 0.9);
      break;
    case "square":
      context.rect(c - r * 0.88, c - r * 0.88, r * 1.76, r * 1.76);
      break;
    case "circle":
      context.arc(c, c, r, 0, Math.PI * 2);
      break;
    case "ring":
      context.arc(c, c, r * 0.85, 0, Math.PI * 2);
      break;
    case "pin":
      context.moveTo(c, SYMBOL_SIZE - 3);
      context.bezierCurveTo(c - 5, 29, c - 13, 24, c - 13, 15.5);
      context.arc(c, 15.5, 13, Math.PI, 0);
      context.bezierCurveTo(c + 13, 24, c + 5, 29, c, SYMBOL_SIZE - 3);
      break;
  }
  context.closePath();
}

export function paintSymbol(symbol: Symbol, pixelRatio: number): ImageData {
  const side = SYMBOL_SIZE * pixelRatio;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser has no 2D canvas");
  const style = getComputedStyle(document.documentElement);
  const colour = style.getPropertyValue(symbol.colour).trim();
  const surface = style.getPropertyValue("--surface-1").trim();
  context.scale(pixelRatio, pixelRatio);
  context.lineJoin = "round";
  outline(context, symbol.shape);
  context.strokeStyle = surface;
  context.lineWidth = 6;
  context.stroke();
  if (symbol.shape === "ring") {
    context.fillStyle = surface;
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 4;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
  if (symbol.sign) {
    context.fillStyle = surface;
    context.font = "600 17px 'Inter Variable', system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(symbol.sign, SYMBOL_SIZE / 2, symbol.shape === "pin" ? 16.5 : SYMBOL_SIZE / 2 + 1);
  }
  return context.getImageData(0, 0, side, side);
}
