import { Link } from '@tanstack/react-router';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';
import { pageOf } from './installation.ts';

/** What an alert is about, as Health names it, by the beginning of its rule’s name. */
const abouts: [RegExp, string][] = [
  [/^Holdfast(Backup|LogNotInBackup)/, 'backups'],
  [/^HoldfastDisk/, 'disk'],
  [/^HoldfastCertificate/, 'certificates'],
  [/^HoldfastJobs/, 'jobs'],
  [/^Holdfast(Pool|Server|Statement|Transaction|Replication|Slot)/, 'database'],
  [/^HoldfastError/, 'errors'],
  [/^Holdfast(Feed|Figures|SignIns|Slow)/, 'feed'],
];

/** To the page where something can be done about an alert. */
export function RuleLink({ rule }: { rule: string }) {
  const to = pageOf(abouts.find(([names]) => names.test(rule))?.[1] ?? 'worker');
  if (!to) return null;
  return (
    <Link
      to="/settings/$section"
      params={{ section: to.section }}
      {...(to.hash && { hash: to.hash })}
      className={buttonClass()}
    >
      {t('Open {page}', { page: to.label })}
    </Link>
  );
}
