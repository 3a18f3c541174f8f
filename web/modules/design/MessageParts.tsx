import { Inbox } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { Skeleton, SkeletonRows } from '../../ui/Skeleton.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { Stepper } from '../../ui/Stepper.tsx';
import { toast } from '../../ui/toast.ts';
import { Part, PartGroup, State } from './Part.tsx';
import { long_name } from './samples.ts';

const meanings = ['info', 'good', 'attention', 'bad'] as const;

export function MessageParts() {
  const steps = [t('File'), t('Columns'), t('Check'), t('Done')];
  return (
    <PartGroup title={t('Messages')}>
      <Part name="Banner">
        {meanings.map((meaning) => (
          <State key={meaning} label={meaning} wide>
            <Banner meaning={meaning} action={<Button size="small">{t('Try again')}</Button>}>
              {long_name}
            </Banner>
          </State>
        ))}
      </Part>
      <Part name="Toaster">
        <State label={t('Said, with a way back, and an error')} wide>
          <span className="flex flex-wrap gap-2">
            <Button onClick={() => toast(t('Saved'))}>{t('Said')}</Button>
            <Button onClick={() => toast(t('Saved'), { action: { label: t('Undo'), run: () => {} } })}>
              {t('With a way back')}
            </Button>
            <Button onClick={() => toast(t('It could not be saved'), { kind: 'error', description: long_name })}>
              {t('An error')}
            </Button>
          </span>
        </State>
      </Part>
      <Part name="EmptyState">
        <State label={t('Empty')} wide>
          <EmptyState icon={<Inbox size={18} />} title={t('Nothing here yet')} action={<Button>{t('Add')}</Button>}>
            {t('What people send you is collected here.')}
          </EmptyState>
        </State>
      </Part>
      <Part name="ErrorState" within={['Retry']}>
        <State label={t('With an error')} wide>
          <ErrorState
            title={t('It could not be read')}
            detail={t('Look again in a moment.')}
            reference="01a1f86d"
            onRetry={() => {}}
          />
        </State>
      </Part>
      <Part name="SkeletonRows" within={['Skeleton']}>
        <State label={t('Loading')}>
          <SkeletonRows count={3} label={t('How rows load')} />
          <Skeleton className="mx-4 mt-2 w-1/2" />
        </State>
      </Part>
      <Part name="ProgressBar">
        <State label={t('Some, and nobody knows how much')}>
          <span className="flex flex-col gap-4">
            <ProgressBar label={t('Some')} value={40} />
            <ProgressBar label={t('Nobody knows how much')} value={null} />
          </span>
        </State>
      </Part>
      <Part name="Spinner">
        <State label={t('Busy')}>
          <Spinner />
        </State>
      </Part>
      <Part name="Stepper">
        <State label={t('In the middle')} wide>
          <Stepper steps={steps} current={1} />
        </State>
      </Part>
    </PartGroup>
  );
}
