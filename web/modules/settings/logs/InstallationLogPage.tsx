import { useQuery } from '@tanstack/react-query';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { detailOf } from '../installation/findings.ts';
import { statusQuery } from '../installation/installation.ts';
import { LogViewer } from './LogViewer.tsx';

/** The log of all workspaces and of the program itself. */
export default function InstallationLogPage() {
  const { data } = useQuery(statusQuery);
  const waiting = data?.findings.find(({ check, ok }) => check === 'logs' && !ok);
  return (
    <LogViewer
      section="installation-logs"
      everything
      description={t('What every process logged, of all workspaces and of the program itself.')}
      notice={
        waiting && (
          <Banner meaning="attention">
            {t(
              'The newest lines are missing here: the log store cannot be reached, so they wait on disk and follow when it is back.',
            )}{' '}
            <span className="text-12">{detailOf(waiting)}</span>
          </Banner>
        )
      }
    />
  );
}
