import {
  createRef,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { rightward } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { isBrowsers, keyOf } from '../keys.ts';
import { autoScroll } from './autoScroll.ts';
import { BoardCard } from './BoardCard.tsx';
import { BoardLane, type Lane } from './BoardLane.tsx';
import { type BoardColumn, type Card, type Move, moveTo } from './board.ts';

interface BoardProps<T extends Card> {
  label: string;
  columns: readonly BoardColumn<T>[];
  cardLabel: (card: T) => string;
  renderCard: (card: T, column: BoardColumn<T>) => ReactNode;
  movable: (card: T) => boolean;
  /** Whether a card has a place of its own within its column. */
  ordered?: boolean;
  onMove: (move: Move<T>) => void;
  onOpen: (card: T) => void;
  /** The card that is open beside the board; it is marked, and comes into sight once. */
  openId: string | null;
}

/** Cards in columns. Dragged by mouse or touch; by keyboard the arrows move the focus, with Shift the card. */
export function Board<T extends Card>({
  label,
  columns,
  cardLabel,
  renderCard,
  movable,
  ordered = false,
  onMove,
  onOpen,
  openId,
}: BoardProps<T>) {
  const box = useRef<HTMLElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [draggedId, setDraggedId] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const lanes = useRef(new Map<string, RefObject<Lane | null>>());
  function laneOf(id: string): RefObject<Lane | null> {
    const lane = lanes.current.get(id) ?? createRef<Lane>();
    lanes.current.set(id, lane);
    return lane;
  }

  /** A card that is moved by keyboard keeps the focus in its new place. Until it is there, if ever, nothing says so. */
  const carried = useRef<{ id: string; from: { columnId: string; row: number }; to: BoardColumn<T> } | null>(null);

  /**
   * Where the card that has the focus stood when it was drawn last; null once the focus has left the board for anything
   * but a dialog.
   */
  const followed = useRef<{ id: string; at: number; row: number } | null>(null);

  useEffect(() => (box.current ? autoScroll(box.current) : undefined), []);
  const revealed = useRef<string | null>(null);
  // One goes from card to card beside the board as well. Where the open one is not at hand yet, it is looked for again
  // when more cards are.
  useEffect(() => {
    if (revealed.current === openId) return;
    const column = columns.find(({ cards }) => cards.some(({ id }) => id === openId));
    if (!column && openId !== null) return;
    revealed.current = openId;
    if (column) laneOf(column.id).current?.reveal(column.cards.findIndex(({ id }) => id === openId));
  });
  useLayoutEffect(() => {
    if (!carried.current) return follow();
    const { id, from, to } = carried.current;
    const { cards = [] } = columns.find((column) => column.id === to.id) ?? {};
    const row = cards.findIndex((card) => card.id === id);
    const card = cards[row];
    if (!card || (from.columnId === to.id && from.row === row)) return follow();
    carried.current = null;
    setSaid(t('{card} moved to {column}', { card: cardLabel(card), column: to.title }));
    focusAt(to.id, row, id);
  });

  /**
   * A card that goes to another column without a key of its own, such as by an undo, is drawn anew there: what is taken
   * out of the page takes the focus along without a word. The focus goes with the card, and when that is gone to the
   * one that stands in its place.
   */
  function follow() {
    const { id, at, row } = followed.current ?? {};
    if (id === undefined || at === undefined || row === undefined) return;
    for (const [now, { id: columnId, cards }] of columns.entries()) {
      const found = cards.findIndex((card) => card.id === id);
      if (found < 0) continue;
      followed.current = { id, at: now, row: found };
      if (document.activeElement === document.body) focusAt(columnId, found, id);
      return;
    }
    // It may yet come with what is being read.
    if (document.activeElement !== document.body || columns.some(({ loading }) => loading)) return;
    const near = [columns[at], ...columns].find((column) => column && column.cards.length > 0);
    if (near) focusCard(near, Math.min(row, near.cards.length - 1));
  }

  /** Kept as the one that the Tab key stops at it is drawn wherever it is. */
  function focusAt(columnId: string, row: number, id: string) {
    setFocusedId(id);
    laneOf(columnId).current?.reveal(row);
    const focus = () => focusElement(box.current, id);
    if (!focus()) requestAnimationFrame(focus);
  }

  const find = (id: string) => columns.flatMap((column) => column.cards).find((card) => card.id === id);

  function place(id: string, column: BoardColumn<T>, index: number) {
    const card = find(id);
    if (!card) return;
    // The places of a column are counted with the card in it; once it is out, those behind it move up.
    const from = column.cards.findIndex((other) => other.id === id);
    onMove(moveTo(card, column, from >= 0 && from < index ? index - 1 : index));
  }

  function focusCard(column: BoardColumn<T>, row: number) {
    const card = column.cards[row];
    if (card) focusAt(column.id, row, card.id);
  }

  function onKeyDown(event: KeyboardEvent, card: T, at: number, row: number) {
    if (isBrowsers(event)) return;
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
    }[keyOf(event)];
    if (!step) return;
    event.preventDefault();
    // Whatever was on its way is not waited for any more.
    carried.current = null;
    const [sideways = 0, down = 0] = step;
    const target = columns[at + sideways];
    if (!target) return;
    if (!event.shiftKey) {
      focusCard(target, sideways ? Math.min(row, target.cards.length - 1) : row + down);
      return;
    }
    const index = ordered ? Math.max(0, Math.min(row + down, target.cards.length - 1)) : row;
    if (!movable(card) || (!sideways && index === row)) return;
    carried.current = { id: card.id, from: { columnId: columns[at]!.id, row }, to: target };
    onMove(moveTo(card, target, sideways ? row : index));
    setFocusedId(card.id);
  }

  return (
    <section
      ref={box}
      aria-label={label}
      onBlur={({ relatedTarget }) => {
        // A dialog gives the focus back to where the card stood, which is no more when the dialog has moved it.
        if (!relatedTarget?.closest('[role="dialog"]')) followed.current = null;
        // Whoever has gone on to something else, such as a dialog that asks for more, is not fetched back.
        if (relatedTarget) carried.current = null;
      }}
      className="relative flex min-h-0 flex-1 scroll-px-3 gap-3 overflow-x-auto overscroll-x-contain p-3 max-md:snap-x max-md:snap-mandatory md:px-5 print:flex-wrap print:items-start"
    >
      {columns.map((column, at) => {
        // Each column is one stop of the Tab key: the card that had the focus last, or its first.
        const stop = column.cards.some(({ id }) => id === focusedId) ? focusedId : column.cards[0]?.id;
        return (
          <BoardLane
            key={column.id}
            handle={laneOf(column.id)}
            title={column.title}
            summary={column.summary}
            ids={column.cards.map(({ id }) => id)}
            kept={[stop ?? null, draggedId]}
            loading={column.loading}
            hasMore={column.hasMore}
            note={column.note}
            onMore={column.onMore}
            onAdd={column.onAdd}
            onDropCard={(id) => place(id, column, column.cards.length)}
            renderCard={(row) => {
              const card = column.cards[row];
              return (
                card && (
                  <BoardCard
                    id={card.id}
                    columnId={column.id}
                    index={row}
                    label={cardLabel(card)}
                    movable={movable(card)}
                    focused={stop === card.id}
                    open={card.id === openId}
                    onFocus={() => {
                      setFocusedId(card.id);
                      followed.current = { id: card.id, at, row };
                    }}
                    onDragging={(dragging) => setDraggedId(dragging ? card.id : null)}
                    onOpen={() => onOpen(card)}
                    onDropCard={(id, index) => place(id, column, index)}
                    onKeyDown={(event) => onKeyDown(event, card, at, row)}
                  >
                    {renderCard(card, column)}
                  </BoardCard>
                )
              );
            }}
          />
        );
      })}
      <span role="status" className="sr-only">
        {said}
      </span>
    </section>
  );
}

/** Whether it is drawn and has the focus. */
function focusElement(board: HTMLElement | null, id: string): boolean {
  const target = board?.querySelector<HTMLElement>(`[data-board-card="${id}"]`);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  return target !== null && target !== undefined;
}
