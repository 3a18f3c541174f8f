import { Link } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { SettingsSection } from '../../platform/product/manifest.ts';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { t } from '../../text/text.ts';
import { SearchInput } from '../../ui/SearchInput.tsx';
import { isOpen, settingsGroups } from './sections.ts';

/** The list is longer than a window. */
const intoView = (link: HTMLAnchorElement | null) => link?.scrollIntoView({ block: 'nearest' });

interface Entry {
  id: string;
  label: string;
  icon: LucideIcon;
  isCurrent: boolean;
}

/** Sections that are listed as one lead to the first of them; whoever searches finds each. */
function entriesOf(sections: readonly SettingsSection[], current: string | undefined, each: boolean): Entry[] {
  const listed = new Map<string, Entry>();
  for (const { id, label, icon, entry } of sections) {
    const shown = each || !entry ? { label, icon } : entry;
    const before = listed.get(shown.label);
    listed.set(shown.label, { id, ...shown, ...before, isCurrent: id === current || before?.isCurrent === true });
  }
  return [...listed.values()];
}

export function SettingsNav({ current }: { current?: string }) {
  const may = useMay();
  const session = useSession();
  const [wanted, setWanted] = useState('');
  const matches = (label: string) => label.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase());
  const groups = settingsGroups()
    .map((group) => ({
      ...group,
      shown: group.sections
        .filter((section) => isOpen(section, may, session))
        .filter(({ label, about = '' }) => [label, about, group.label].some(matches)),
    }))
    .filter(({ shown }) => shown.length > 0);
  return (
    <nav
      aria-label={t('Settings')}
      className="w-full overflow-y-auto p-3 md:w-52 md:shrink-0 md:border-e md:border-line print:hidden"
    >
      <SearchInput
        className="mb-3"
        aria-label={t('Search settings')}
        placeholder={t('Search settings')}
        autoComplete="off"
        value={wanted}
        onValueChange={setWanted}
      />
      {groups.length === 0 && <p className="px-2 text-13 text-muted">{t('Nothing matches')}</p>}
      {groups.map(({ shown, ...group }) => (
        <div key={group.id} className="mb-4">
          <h2 className="mb-1 px-2 text-12 font-medium text-muted">{group.label}</h2>
          <ul className="flex flex-col gap-0.5">
            {entriesOf(shown, current, wanted.trim() !== '').map(({ id, label, icon: Icon, isCurrent }) => (
              <li key={id}>
                <Link
                  to="/settings/$section"
                  params={{ section: id }}
                  data-current={isCurrent ? '' : undefined}
                  ref={isCurrent ? intoView : undefined}
                  className="flex h-8 items-center gap-2.5 rounded-md px-2 text-13 font-medium text-muted hover:bg-hover hover:text-ink data-current:bg-pressed data-current:text-ink pointer-coarse:h-11"
                >
                  <Icon size={14} />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
