// One window that watches: few pictures are on their way to it, and where more come the newest wins.
import type { Frame } from "./cast.ts";

export type Viewer = {
  show(frame: Frame): void;
  /** That many were drawn. */
  drawn(frames: number): void;
};

const maxOnTheWay = 2;

export function createViewer(push: (frame: Frame) => void): Viewer {
  let onTheWay = 0;
  let waiting: Frame | null = null;
  const send = (frame: Frame) => {
    waiting = null;
    onTheWay += 1;
    push(frame);
  };
  return {
    show(frame) {
      if (onTheWay < maxOnTheWay) send(frame);
      else waiting = frame;
    },
    drawn(frames) {
      if (!(frames > 0)) return;
      onTheWay = Math.max(0, onTheWay - Math.floor(frames));
      if (waiting !== null && onTheWay < maxOnTheWay) send(waiting);
    },
  };
}
