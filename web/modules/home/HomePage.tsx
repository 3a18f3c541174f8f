import { Link } from '@tanstack/react-router';
import { PageBar } from '../../app/PageBar.tsx';
import { readRecents } from '../../app/palette/recents.ts';
import { useMay, useSession } from '../../app/session.tsx';
import { usePageTitle } from '../../app/usePageTitle.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { formatToday, hourOfDay } from '../../ui/format.ts';
import { ClosingSoon } from './ClosingSoon.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { MyDeals } from './MyDeals.tsx';
import { MyTasks } from './MyTasks.tsx';

/** What the day holds for whoever is signed in. */
export default function HomePage() {
  usePageTitle('Home');
  const { user } = useSession();
  const may = useMay();
  const recents = readRecents(user.id);
  return (
    <>
      <PageBar title={<span>Home</span>} />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto flex max-w-5xl flex-col gap-8 px-4 py-6 md:px-8 md:py-8">
          <header>
            <p className="text-13 text-muted">{formatToday()}</p>
            <h1 className="mt-0.5 text-28">
              {greeting()}, <bdi>{user.name.split(/\s+/)[0]}</bdi>
            </h1>
          </header>
          {may('dashboard', 'read') && <MyDeals />}
          <FirstSteps />
          <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            {may('task', 'read') && <MyTasks />}
            <div className="flex flex-col gap-8">
              {may('deal', 'read') && <ClosingSoon />}
              {recents.length > 0 && (
                <section aria-label="Recently opened">
                  <h2 className="mb-1 text-14">Recently opened</h2>
                  <ul className="-mx-2">
                    {recents.map(({ to, name, resource }) => (
                      <li key={to}>
                        <Link
                          to={to}
                          className="flex h-9 items-center gap-2.5 rounded-md px-2 text-13 hover:bg-hover pointer-coarse:h-11"
                        >
                          <Avatar name={name} square={resource !== 'contact'} />
                          <bdi className="min-w-0 truncate">{name}</bdi>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </div>
          </div>
        </div>
      </div>
    </>
  );
}

function greeting(): string {
  const hour = hourOfDay();
  if (hour < 12) return 'Good morning';
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}
