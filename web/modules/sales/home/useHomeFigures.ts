import { useMay, useSession } from '../../../platform/session/session.tsx';
import { type Dashboard, useDashboard } from '../dashboard/dashboard.ts';

/** One's own figures of the quarter; for somebody without any deals those of the workspace. */
export function useHomeFigures(): { figures: Dashboard | undefined; failed: boolean; own: boolean } {
  const { user } = useSession();
  const may = useMay();
  const allowed = may('dashboard', 'read');
  const mine = useDashboard({ range: 'this_quarter', owner_id: user.id }, allowed);
  const none = mine.data !== undefined && mine.data.open.count + mine.data.won.count + mine.data.lost.count === 0;
  const everybodys = useDashboard({ range: 'this_quarter' }, allowed && none);
  const { data: figures, isLoadingError: failed } = none ? everybodys : mine;
  return { figures, failed, own: !none };
}
