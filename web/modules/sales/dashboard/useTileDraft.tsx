import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { DiscardDialog } from '../../../platform/record/DiscardDialog.tsx';
import { differ } from '../../../platform/record/field.ts';
import { currentOf } from '../../../platform/record/saveField.ts';
import { useUnsaved } from '../../../platform/record/useUnsaved.tsx';
import { addTile, arrange, changeTile, formOf, moved, removeTile, type Tile, type TileForm } from './tiles.ts';

const newTile: TileForm = {
  title: null,
  figure: 'won_value',
  grouping: 'period',
  custom_key: null,
  chart: 'bar',
  range: 'last_12_months',
  period: 'month',
  filter: {},
  width: 2,
  height: 2,
};

/** A tile as it is changed in its panel. */
interface Draft {
  board_id: string;
  /** The tile as it was when its panel was opened; null for a new one. */
  tile: Tile | null;
  form: TileForm;
  /** The values that its panel began with. */
  begun: TileForm;
}

const isTyped = ({ form, begun }: Draft) => differ({ ...form }, { ...begun });

const draftOf = (board_id: string, tile: Tile | null, form: TileForm): Draft => ({
  board_id,
  tile,
  form,
  begun: form,
});
export const newDraft = (board_id: string) => draftOf(board_id, null, newTile);

/** Whether `now` is `then` with further changes. A draft that has just begun is another one. */
const goesOn = (now: Draft, then: Draft) =>
  now.tile?.id === then.tile?.id && now.board_id === then.board_id && now.form !== newTile;

const sameForm = (a: TileForm, b: TileForm) => JSON.stringify(formOf(a)) === JSON.stringify(formOf(b));

/**
 * The version of the tile to change: the newest if others have only moved the tile since its panel was opened,
 * otherwise the opened one, which is a conflict.
 */
const versionToChange = (opened: Tile, tiles: readonly Tile[]): Tile =>
  tiles.find((tile) => tile.id === opened.id && sameForm(tile, opened)) ?? opened;

type TileDraft = ReturnType<typeof useTileDraft>;

/** The tile of a dashboard whose panel is open. `replace` asks first where something was typed. */
export function useTileDraft(board_id: string | undefined, tiles: readonly Tile[]) {
  const [kept, setDraft] = useState<Draft | null>(null);
  /** The tile that was added last: it stands below the others, and comes into sight. */
  const [added, setAdded] = useState<string | null>(null);
  /** The draft to show once the question is answered whether to discard the present one. */
  const [wanted, setWanted] = useState<{ draft: Draft | null } | null>(null);
  const leavingQuestion = useUnsaved(kept !== null && isTyped(kept));
  const replace = (next: Draft | null) => (kept && isTyped(kept) ? setWanted({ draft: next }) : setDraft(next));
  // Whoever looks at another dashboard meanwhile does not change that one.
  const draft = kept?.board_id === board_id ? kept : null;
  const save = async () => {
    if (board_id === undefined || !draft) return;
    const { tile: opened, form } = draft;
    try {
      const tile = await (opened ? changeTile(versionToChange(opened, tiles), form) : addTile(board_id, form));
      if (!opened) setAdded(tile.id);
      // What was changed or opened while it was sent stays, and of a new tile it is now a change of that one.
      setDraft((now) => (now === draft ? null : now && goesOn(now, draft) ? { ...now, tile, begun: form } : now));
    } catch (error) {
      // Somebody else changed it: saving again replaces that.
      const tile = currentOf(error) as Tile | null;
      if (tile) setDraft((now) => now && (now.tile?.id === tile.id ? { ...now, tile } : now));
      throw error;
    }
  };
  const questions = (
    <>
      {leavingQuestion}
      <DiscardDialog
        open={wanted !== null}
        onClose={() => setWanted(null)}
        onDiscard={() => {
          setDraft(wanted?.draft ?? null);
          setWanted(null);
        }}
      />
    </>
  );
  return { draft, added, setDraft, replace, save, questions };
}

/** What the menu of a tile, and dragging it, can do. */
export function actionsOf(
  board: string,
  tiles: readonly Tile[],
  place: number,
  { draft, setDraft, replace }: TileDraft,
) {
  const tile = tiles[place]!;
  const moveTo = (from: number, to: number) => {
    if (to >= 0 && to < tiles.length && from !== to) void attempt(() => arrange(board, moved(tiles, from, to)));
  };
  return {
    // A tile that is open already stays as it is.
    edit: () => draft?.tile?.id !== tile.id && replace(draftOf(board, tile, formOf(tile))),
    remove: () =>
      void attempt(async () => {
        await removeTile(tile);
        setDraft((now) => (now?.tile?.id === tile.id ? null : now));
      }),
    move: (by: number) => moveTo(place, place + by),
    // While its panel is open, a part of what that will save.
    resize: (size: Partial<TileForm>) =>
      draft?.tile?.id === tile.id
        ? setDraft({ ...draft, form: { ...draft.form, ...size } })
        : void attempt(() => changeTile(tile, size)),
    dropHere: (id: string) =>
      moveTo(
        tiles.findIndex((other) => other.id === id),
        place,
      ),
  };
}
