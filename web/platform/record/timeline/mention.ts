import { shift } from '@floating-ui/dom';
import Mention from '@tiptap/extension-mention';
import { ReactRenderer } from '@tiptap/react';
import type { SuggestionOptions, SuggestionProps } from '@tiptap/suggestion';
import { isComposing } from '../../../ui/composing.ts';
import { api } from '../../query/api.ts';
import { pathOf, type Resource } from '../../query/resources.ts';
import { MentionList, type Person } from './MentionList.tsx';

/** Whom the text may mention: people of the workspace, told apart by whether they may read the record. */
export interface Audience {
  resource: Resource;
  record_id: string;
  in: 'comment' | 'note';
}

const typing_ms = 120;
/** Between the list and the edge of the window, as its width leaves room for. */
const edge_px = 8;

async function peopleOf({ resource, record_id, in: place }: Audience, q: string): Promise<Person[]> {
  const found = await api.get<{ data: Person[] }>(`${pathOf(resource)}/${record_id}/people`, { in: place, q });
  return found.data;
}

/** People by their name after an @. */
export const mentionOf = (audience: () => Audience) =>
  Mention.configure({
    suggestion: {
      debounce: typing_ms,
      // Else it hangs over the edge of a phone, with what stands at the end of its rows.
      floatingUi: { middleware: [shift({ padding: edge_px })] },
      items: ({ query }) => peopleOf(audience(), query).catch(() => []),
      render: listOfPeople,
    },
  });

type Pick = { id: string; label: string };
type Props = SuggestionProps<Person, Pick>;

const listOfPeople: NonNullable<SuggestionOptions<Person, Pick>['render']> = () => {
  let list: ReactRenderer | undefined;
  let unmount: (() => void) | undefined;
  let latest: Props;
  let index = 0;
  const pick = (person: Person | undefined) => {
    if (person?.may_read) latest.command({ id: person.id, label: person.name });
  };
  const shown = () => ({ people: latest.items, loading: latest.loading, index, onPick: pick });
  return {
    onStart: (props) => {
      latest = props;
      index = 0;
      list = new ReactRenderer(MentionList, { editor: props.editor, props: shown() });
      unmount = props.mount(list.element);
    },
    onUpdate: (props) => {
      if (props.query !== latest.query) index = 0;
      latest = props;
      list?.updateProps(shown());
    },
    onKeyDown: ({ event }) => {
      if (isComposing(event)) return false;
      const { length } = latest.items;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        index = length === 0 ? 0 : (index + (event.key === 'ArrowDown' ? 1 : length - 1)) % length;
        list?.updateProps(shown());
        return true;
      }
      // Esc closes the list and not what the editor stands in.
      if (event.key === 'Escape') event.stopPropagation();
      if ((event.key !== 'Enter' && event.key !== 'Tab') || length === 0) return false;
      pick(latest.items[index]);
      return true;
    },
    onExit: () => {
      unmount?.();
      list?.destroy();
    },
  };
};
