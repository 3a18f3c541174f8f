import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';

const edge_px = 56;
const step_px_max = 14;

/**
 * Scrolls a list, or the board sideways, while a card (what carries `kind`) is dragged near its edge; the upper one
 * lies below its `head`.
 */
export function autoScroll(element: HTMLElement, kind = 'card', head: HTMLElement | null = null): () => void {
  let frame = 0;
  let pointer = { x: 0, y: 0 };
  const step = () => {
    const box = element.getBoundingClientRect();
    const top = box.top + (head?.offsetHeight ?? 0);
    const inside = pointer.x > box.left && pointer.x < box.right && pointer.y > top && pointer.y < box.bottom;
    if (inside) {
      element.scrollTop += pull(pointer.y, top, box.bottom);
      element.scrollLeft += pull(pointer.x, box.left, box.right);
    }
    frame = requestAnimationFrame(step);
  };
  const stop = monitorForElements({
    canMonitor: ({ source }) => source.data[kind] !== undefined,
    onDragStart: () => {
      frame = requestAnimationFrame(step);
    },
    onDrag: ({ location }) => {
      pointer = { x: location.current.input.clientX, y: location.current.input.clientY };
    },
    onDrop: () => cancelAnimationFrame(frame),
  });
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}

function pull(at: number, from: number, to: number): number {
  if (at < from + edge_px) return -step_px_max * (1 - (at - from) / edge_px);
  if (at > to - edge_px) return step_px_max * (1 - (to - at) / edge_px);
  return 0;
}
