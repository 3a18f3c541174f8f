import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from '../cx.ts';

interface BoardCardProps {
  id: string;
  columnId: string;
  index: number;
  label: string;
  movable: boolean;
  /** A card dropped on the upper half comes before this one, on the lower half after it. */
  onDropCard: (id: string, index: number) => void;
  onOpen: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  focused: boolean;
  /** Beside the board. */
  open: boolean;
  onFocus: () => void;
  onDragging: (dragging: boolean) => void;
  children: ReactNode;
}

type Edge = 'top' | 'bottom';

export function BoardCard(props: BoardCardProps) {
  const { id, columnId, index, label, movable, focused, open } = props;
  const element = useRef<HTMLDivElement>(null);
  const [edge, setEdge] = useState<Edge | null>(null);
  const [dragging, setDragging] = useState(false);
  const drop = useRef(props.onDropCard);
  drop.current = props.onDropCard;
  const tell = useRef(props.onDragging);
  tell.current = props.onDragging;

  useEffect(() => {
    const card = element.current;
    if (!card || !movable) return;
    const edgeAt = (y: number): Edge => {
      const box = card.getBoundingClientRect();
      return y < box.top + box.height / 2 ? 'top' : 'bottom';
    };
    return combine(
      draggable({
        element: card,
        getInitialData: () => ({ card: id, columnId }),
        onDragStart: () => {
          setDragging(true);
          tell.current(true);
        },
        onDrop: () => {
          setDragging(false);
          tell.current(false);
        },
      }),
      dropTargetForElements({
        element: card,
        canDrop: ({ source }) => source.data.card !== undefined && source.data.card !== id,
        onDrag: ({ location }) => setEdge(edgeAt(location.current.input.clientY)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ source, location }) => {
          setEdge(null);
          drop.current(
            source.data.card as string,
            edgeAt(location.current.input.clientY) === 'top' ? index : index + 1,
          );
        },
      }),
    );
  }, [id, columnId, index, movable]);

  return (
    <>
      {edge && (
        <span
          aria-hidden="true"
          className={cx(
            'absolute inset-x-0 z-10 h-0.5 rounded-full bg-accent',
            edge === 'top' ? '-top-1.5' : 'bottom-0.5',
          )}
        />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a button may not hold the lists and links of a card */}
      <div
        ref={element}
        role="button"
        tabIndex={focused ? 0 : -1}
        aria-label={label}
        aria-current={open || undefined}
        data-board-card={id}
        onClick={props.onOpen}
        onFocus={props.onFocus}
        onKeyDown={props.onKeyDown}
        className={cx(
          'rounded-lg border p-3 text-13 shadow-card select-none',
          open ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:border-line-strong',
          dragging && 'opacity-40',
        )}
      >
        {props.children}
      </div>
    </>
  );
}
