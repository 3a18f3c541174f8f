import { t } from '../../../text/text.ts';
import { LogViewer } from './LogViewer.tsx';

/** The log of the caller's workspace. */
export default function LogPage() {
  return (
    <LogViewer
      section="logs"
      everything={false}
      description={t('What the program logged for this workspace: requests, jobs and what went wrong.')}
    />
  );
}
