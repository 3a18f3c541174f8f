import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { rightward } from '../../text/locale.ts';
import { autoScroll } from './autoScroll.ts';
import { BoardCard } from './BoardCard.tsx';
import { BoardLane } from './BoardLane.tsx';
import { type BoardColumn, type Card, type Move, moveTo } from './board.ts';

interface BoardProps<T extends Card> {
  label: string;
  columns: readonly BoardColumn<T>[];
  cardLabel: (card: T) => string;
  renderCard: (card: T, column: BoardColumn<T>) => ReactNode;
  movable: (card: T) => boolean;
  onMove: (move: Move<T>) => void;
  onOpen: (card: T) => void;
}

/** Cards in columns. Dragged by mouse or touch; by keyboard the arrows move the focus, with Shift the card. */
export function Board<T extends Card>({
  label,
  columns,
  cardLabel,
  renderCard,
  movable,
  onMove,
  onOpen,
}: BoardProps<T>) {
  const box = useRef<HTMLElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [said, setSaid] = useState('');

  /** A card that was moved by keyboard keeps the focus in its new column. */
  const carried = useRef<{ id: string; columnId: string } | null>(null);

  useEffect(() => (box.current ? autoScroll(box.current) : undefined), []);
  useLayoutEffect(() => {
    const { id, columnId } = carried.current ?? {};
    if (!columns.some((column) => column.id === columnId && column.cards.some((card) => card.id === id))) return;
    carried.current = null;
    focusElement(box.current, id);
  });

  const find = (id: string) => columns.flatMap((column) => column.cards).find((card) => card.id === id);

  function place(id: string, column: BoardColumn<T>, index: number) {
    const card = find(id);
    if (!card) return;
    // The places of a column are counted with the card in it; once it is out, those behind it move up.
    const from = column.cards.findIndex((other) => other.id === id);
    onMove(moveTo(card, column, from >= 0 && from < index ? index - 1 : index));
  }

  function focusCard(card: T | undefined) {
    if (!card) return;
    setFocusedId(card.id);
    focusElement(box.current, card.id);
  }

  function onKeyDown(event: KeyboardEvent, card: T, at: number, row: number) {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen(card);
      return;
    }
    const step = {
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
      ArrowLeft: [-rightward, 0],
      ArrowRight: [rightward, 0],
      k: [0, -1],
      j: [0, 1],
    }[event.key];
    if (!step) return;
    event.preventDefault();
    const [sideways = 0, down = 0] = step;
    const target = columns[at + sideways];
    if (!target) return;
    if (!event.shiftKey) {
      focusCard(sideways ? target.cards[Math.min(row, target.cards.length - 1)] : target.cards[row + down]);
      return;
    }
    if (!movable(card)) return;
    onMove(moveTo(card, target, sideways ? row : row + down));
    setSaid(`${cardLabel(card)} moved to ${target.title}`);
    carried.current = { id: card.id, columnId: target.id };
    setFocusedId(card.id);
  }

  return (
    <section
      ref={box}
      aria-label={label}
      className="relative flex min-h-0 flex-1 scroll-px-3 items-start gap-3 overflow-x-auto p-3 max-md:snap-x max-md:snap-mandatory md:px-5"
    >
      {columns.map((column, at) => {
        // Each column is one stop of the Tab key: the card that had the focus last, or its first.
        const stop = column.cards.some(({ id }) => id === focusedId) ? focusedId : column.cards[0]?.id;
        return (
          <BoardLane
            key={column.id}
            title={column.title}
            summary={column.summary}
            loading={column.loading}
            empty={column.cards.length === 0}
            hasMore={column.hasMore}
            onMore={column.onMore}
            onDropCard={(id) => place(id, column, column.cards.length)}
          >
            {column.cards.map((card, row) => (
              <BoardCard
                key={card.id}
                id={card.id}
                columnId={column.id}
                index={row}
                label={cardLabel(card)}
                movable={movable(card)}
                focused={stop === card.id}
                onFocus={() => setFocusedId(card.id)}
                onOpen={() => onOpen(card)}
                onDropCard={(id, index) => place(id, column, index)}
                onKeyDown={(event) => onKeyDown(event, card, at, row)}
              >
                {renderCard(card, column)}
              </BoardCard>
            ))}
          </BoardLane>
        );
      })}
      <span role="status" className="sr-only">
        {said}
      </span>
    </section>
  );
}

function focusElement(board: HTMLElement | null, id: string | undefined) {
  const target = board?.querySelector<HTMLElement>(`[data-board-card="${id}"]`);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
