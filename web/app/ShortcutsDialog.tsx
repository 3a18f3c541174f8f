import { t } from '../text/text.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { destinations } from './navigation.ts';

const groups = (): { title: string; keys: [string, string][] }[] => [
  {
    title: t('Everywhere'),
    keys: [
      ['mod k', t('Search and commands')],
      ['c', t('Create a record in this list')],
      ['f6', t('Jump to the notification, and back')],
      ['?', t('This list')],
      ...destinations().flatMap(({ key, goTo }): [string, string][] => (key ? [[`g ${key}`, goTo]] : [])),
    ],
  },
  {
    title: t('In lists'),
    keys: [
      ['enter', t('Open the record, edit the cell')],
      ['f2', t('Edit the cell; typing replaces it')],
      ['up', t('From the first row to the head of its column')],
      ['space', t('Select the row')],
      ['shift space', t('Select up to here')],
      ['mod c', t('Copy the cells')],
      ['mod v', t('Paste into the cells')],
      ['mod d', t('Fill down')],
      ['delete', t('Clear the cells')],
      ['j', t('Next row, from a name')],
      ['k', t('Previous row, from a name')],
      ['f', t('Filter, from a name')],
      ['esc', t('Close the panel, clear the selection')],
    ],
  },
  {
    title: t('On boards'),
    keys: [
      ['left', t('Go to the next card; other arrow keys work the same way')],
      ['shift left', t('Move the card; other arrow keys work the same way')],
      ['enter', t('Open the record')],
    ],
  },
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={t('Keyboard shortcuts')} size="medium">
      <div className="grid gap-8 sm:grid-cols-2">
        {groups().map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-13 text-muted">{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys} className="flex min-h-8 items-center justify-between gap-4 py-1 text-13 leading-snug">
                  <dt>{what}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
