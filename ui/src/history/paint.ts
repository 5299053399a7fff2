// What uPlot does not draw by itself. All on its canvas, whose pixels are the screen's.

import uPlot from 'uplot';
import { spread } from './axis';
import type { Across, Bar } from './bars';
import type { Fan } from './fan';
import { faded, type Palette } from './palette';
import type { Threshold } from './thresholds';

type Draw = (context: CanvasRenderingContext2D, pixel: number) => void;

/** Draws within the plot and leaves the canvas as it was. `pixel` is the length of a CSS pixel. */
function within(plot: uPlot, draw: Draw) {
  const { left, top, width, height } = plot.bbox;
  anywhere(plot, (context, pixel) => {
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    draw(context, pixel);
  });
}

/** Draws also around the plot. */
function anywhere({ ctx }: uPlot, draw: Draw) {
  ctx.save();
  draw(ctx, uPlot.pxRatio);
  ctx.restore();
}

/** How far beside the plot a text stands, in CSS pixels. */
export const besideGap = 8;

const x = (plot: uPlot, time: number) => Math.round(plot.valToPos(time, 'x', true));
const y = (plot: uPlot, value: number) => Math.round(plot.valToPos(value, 'y', true));

function setFont(context: CanvasRenderingContext2D, { font }: Palette, pixel: number) {
  context.font = font.replace(/^([\d.]+)px/, (_, size) => `${Number(size) * pixel}px`);
}

/** A text that stays legible on whatever lies beneath. */
function write(context: CanvasRenderingContext2D, text: string, left: number, top: number, palette: Palette) {
  context.lineJoin = 'round';
  context.lineWidth = 3 * uPlot.pxRatio;
  context.strokeStyle = palette.surface;
  context.setLineDash([]);
  context.strokeText(text, left, top);
  context.fillText(text, left, top);
}

function hatch(context: CanvasRenderingContext2D, colour: string, pixel: number): CanvasPattern | string {
  const size = Math.round(6 * pixel);
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const lines = tile.getContext('2d');
  if (!lines) return colour;
  lines.strokeStyle = colour;
  lines.lineWidth = pixel;
  lines.lineCap = 'square';
  lines.beginPath();
  for (const offset of [-size, 0, size]) {
    lines.moveTo(offset, size);
    lines.lineTo(offset + size, 0);
  }
  lines.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

/** Times nobody measured. */
export function paintGaps(plot: uPlot, palette: Palette, gaps: { from: number; until: number }[]) {
  within(plot, (context, pixel) => {
    context.fillStyle = hatch(context, faded(palette.unknown, 0.32), pixel);
    const { top, height } = plot.bbox;
    for (const { from, until } of gaps) {
      const left = x(plot, from);
      context.fillRect(left, top, Math.max(x(plot, until) - left, pixel), height);
    }
  });
}

/** A line across the plot. */
export function paintLevel(plot: uPlot, value: number, colour: string) {
  within(plot, (context, pixel) => {
    const { left, width } = plot.bbox;
    context.fillStyle = colour;
    context.fillRect(left, y(plot, value) - pixel / 2, width, pixel);
  });
}

/** A line from top to bottom. */
export function paintTime(plot: uPlot, time: number, colour: string, dash: number[]) {
  within(plot, (context, pixel) => {
    const { top, height } = plot.bbox;
    context.strokeStyle = colour;
    context.lineWidth = pixel;
    context.setLineDash(dash.map((length) => length * pixel));
    context.beginPath();
    const at = x(plot, time) + 0.5;
    context.moveTo(at, top);
    context.lineTo(at, top + height);
    context.stroke();
  });
}

/** The thresholds within the plot, with their place on the canvas and that of their labels, which stand apart. */
function placed(plot: uPlot, thresholds: Threshold[]) {
  const { min, max } = plot.scales['y'] ?? {};
  const shown = thresholds.filter(({ at }) => at >= (min ?? 0) && at <= (max ?? 0));
  const { top, height } = plot.bbox;
  const pixel = uPlot.pxRatio;
  const labels = spread(
    shown.map(({ at }) => y(plot, at)),
    13 * pixel,
    top + 8 * pixel,
    top + height - 8 * pixel,
  );
  return shown.map((one, index) => ({ ...one, top: y(plot, one.at), labelTop: labels[index] ?? 0 }));
}

const colours = { info: 'unknown', warning: 'low', critical: 'critical', empty: 'critical' } as const;

/** The thresholds' lines. */
export function paintThresholds(plot: uPlot, palette: Palette, thresholds: Threshold[]) {
  within(plot, (context, pixel) => {
    const { left, width } = plot.bbox;
    context.lineWidth = pixel;
    context.setLineDash([4 * pixel, 4 * pixel]);
    for (const { severity, top } of placed(plot, thresholds)) {
      context.strokeStyle = faded(palette[colours[severity]], 0.8);
      context.beginPath();
      context.moveTo(left, top + 0.5);
      context.lineTo(left + width, top + 0.5);
      context.stroke();
    }
  });
}

/** What the thresholds are, beside the plot, where no line is. */
export function paintThresholdLabels(plot: uPlot, palette: Palette, thresholds: Threshold[]) {
  anywhere(plot, (context, pixel) => {
    const { left, width } = plot.bbox;
    setFont(context, palette, pixel);
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = palette.quiet;
    for (const { text, labelTop } of placed(plot, thresholds)) {
      context.fillText(text, left + width + besideGap * pixel, labelTop);
    }
  });
}

/** Names beside where lines end. */
export function paintEnds(
  plot: uPlot,
  palette: Palette,
  ends: { value: number; text: string; colour: string }[],
) {
  anywhere(plot, (context, pixel) => {
    const { left, top, width, height } = plot.bbox;
    setFont(context, palette, pixel);
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const tops = spread(
      ends.map(({ value }) => y(plot, value)),
      14 * pixel,
      top + 8 * pixel,
      top + height - 8 * pixel,
    );
    ends.forEach(({ text, colour }, index) => {
      context.fillStyle = colour;
      context.fillText(text, left + width + besideGap * pixel, tops[index] ?? 0);
    });
  });
}

/** Credit that was added: an arrow up, and how much if there is room to say so of each. */
export function paintTopUps(
  plot: uPlot,
  palette: Palette,
  topUps: { at: number; value: number; text: string }[],
) {
  within(plot, (context, pixel) => {
    setFont(context, palette, pixel);
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    const [half, high] = [4.5 * pixel, 8 * pixel];
    const widths = topUps.map(({ text }) => context.measureText(text).width / 2 + 4 * pixel);
    const { left: first, width } = plot.bbox;
    const middles = topUps.map(({ at }, index) => {
      const beside = widths[index] ?? 0;
      return Math.min(Math.max(x(plot, at), first + beside), first + width - beside);
    });
    const hasRoom = middles.every((middle, index) => {
      const before = middles[index - 1] ?? -Infinity;
      return middle - before > (widths[index] ?? 0) + (widths[index - 1] ?? 0);
    });
    topUps.forEach(({ at, value, text }, index) => {
      const [left, top] = [x(plot, at), y(plot, value)];
      context.fillStyle = palette.ok;
      context.strokeStyle = palette.surface;
      context.lineWidth = 2 * pixel;
      context.lineJoin = 'round';
      context.beginPath();
      context.moveTo(left, top - high / 2);
      context.lineTo(left + half, top + high / 2);
      context.lineTo(left - half, top + high / 2);
      context.closePath();
      context.stroke();
      context.fill();
      if (!hasRoom) return;
      context.fillStyle = palette.quiet;
      write(context, text, middles[index] ?? left, top - high, palette);
    });
  });
}

/** The future, from the last reading to when the meter may run out. */
export function paintFan(plot: uPlot, palette: Palette, fan: Fan) {
  within(plot, (context, pixel) => {
    const { left, top, height } = plot.bbox;
    const [begin, level, foot] = [x(plot, fan.at), y(plot, fan.left), y(plot, 0)];
    if (fan.early !== null && fan.late !== null) {
      context.save();
      if (fan.resets !== null) {
        context.beginPath();
        context.rect(left, top, x(plot, fan.resets) - left, height);
        context.clip();
      }
      context.fillStyle = faded(palette.accent, 0.16);
      context.beginPath();
      context.moveTo(begin, level);
      context.lineTo(x(plot, fan.early), foot);
      context.lineTo(x(plot, fan.late), foot);
      context.closePath();
      context.fill();
      context.fillStyle = palette.accent;
      const [early, late] = [x(plot, fan.early), x(plot, fan.late)];
      context.fillRect(early, foot - 1.5 * pixel, late - early, 3 * pixel);
      context.restore();
    }
    if (fan.likely === null) return;
    const [end, rest] = [x(plot, fan.likely.at), y(plot, fan.likely.left)];
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5 * pixel;
    context.setLineDash([2 * pixel, 3 * pixel]);
    context.beginPath();
    context.moveTo(begin, level);
    context.lineTo(end, rest);
    context.stroke();
  });
}

/** Where the middle of the future ends, and when that is; at the edge, where it leads there, if that lies beyond. */
export function paintFanEnd(
  plot: uPlot,
  palette: Palette,
  { at, left: level, likely }: Fan,
  label: string | null,
) {
  if (likely === null) return;
  anywhere(plot, (context, pixel) => {
    const { left, top, width, height } = plot.bbox;
    const [end, rest] = [x(plot, likely.at), y(plot, likely.left)];
    setFont(context, palette, pixel);
    if (end > left + width) {
      if (label === null) return;
      const [begin, from] = [x(plot, at), y(plot, level)];
      const leaves = from + ((rest - from) * (left + width - begin)) / (end - begin);
      const [above, beneath] = [leaves - 12 * pixel, leaves + 14 * pixel];
      context.fillStyle = palette.text;
      context.textBaseline = 'middle';
      context.textAlign = 'right';
      // Beneath, since what was spent lies above.
      const middle = beneath < top + height - 8 * pixel ? beneath : above;
      write(context, `→ ${label}`, left + width - 4 * pixel, middle, palette);
      return;
    }
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5 * pixel;
    context.fillStyle = palette.surface;
    context.beginPath();
    context.arc(end, rest, 3.5 * pixel, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (label === null) return;
    context.fillStyle = palette.text;
    context.textBaseline = 'bottom';
    context.textAlign = 'center';
    const half = context.measureText(label).width / 2 + 4 * pixel;
    write(context, label, Math.min(end, left + width - half), rest - 8 * pixel, palette);
  });
}

/** What was spent, a bar each. Where nobody looked, a hatched column says that nothing is known. */
export function paintBars(plot: uPlot, palette: Palette, bars: Bar[]) {
  within(plot, (context, pixel) => {
    const { top, height } = plot.bbox;
    const unknown = hatch(context, faded(palette.unknown, 0.32), pixel);
    const foot = y(plot, 0);
    for (const { from, until, spent } of bars) {
      const [left, right] = [x(plot, from), x(plot, until)];
      const space = Math.min(2 * pixel, Math.max(0, (right - left) / 4));
      if (spent === null) {
        context.fillStyle = unknown;
        context.fillRect(left, top, right - left, height);
      } else if (Number(spent) !== 0) {
        // Never so low that it looks like nothing.
        const rise = foot - y(plot, Number(spent));
        const height = Number(spent) > 0 ? Math.max(rise, pixel) : rise;
        for (const colour of [palette.surface, faded(palette.accent, 0.78)]) {
          context.fillStyle = colour;
          context.fillRect(left + space / 2, foot - height, right - left - space, height);
        }
      }
    }
  });
}

/** What was spent in times without readings: hatched and framed, over the whole time. */
export function paintAcross(plot: uPlot, palette: Palette, across: Across[]) {
  within(plot, (context, pixel) => {
    const lines = hatch(context, palette.accent, pixel);
    const foot = y(plot, 0);
    for (const { from, until, height } of across) {
      const left = x(plot, from);
      const width = Math.max(x(plot, until) - left, 3 * pixel);
      const rise = Math.max(foot - y(plot, height), 2 * pixel);
      context.fillStyle = palette.surface;
      context.fillRect(left, foot - rise, width, rise);
      context.fillStyle = lines;
      context.fillRect(left, foot - rise, width, rise);
      context.strokeStyle = palette.accent;
      context.lineWidth = pixel;
      context.strokeRect(left + pixel / 2, foot - rise + pixel / 2, width - pixel, rise - pixel);
    }
  });
}
