import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { destinations } from './navigation.ts';

const groups: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['mod k', 'Search and commands'],
      ['c', 'Create what this page lists'],
      ['?', 'This list'],
      ...destinations.map(({ key, label }): [string, string] => [`g ${key}`, `Go to ${label.toLowerCase()}`]),
    ],
  },
  {
    title: 'In lists',
    keys: [
      ['enter', 'Open the record, edit the cell'],
      ['f2', 'Edit the cell; typing replaces it'],
      ['space', 'Select the row'],
      ['shift space', 'Select up to here'],
      ['mod c', 'Copy the cells'],
      ['mod v', 'Paste into the cells'],
      ['mod d', 'Fill down'],
      ['delete', 'Clear the cells'],
      ['j', 'Next row, from a name'],
      ['k', 'Previous row, from a name'],
      ['f', 'Filter, from a name'],
      ['esc', 'Close the panel, clear the selection'],
    ],
  },
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" size="medium">
      <div className="grid gap-8 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-13 text-muted">{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys} className="flex h-8 items-center justify-between gap-4 text-13">
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
