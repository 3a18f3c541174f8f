import { useMutation, useQuery } from '@tanstack/react-query';
import { Lock, LockOpen } from 'lucide-react';
import { useState } from 'react';
import type { PersonalSealing } from '../../../../src/operations/personal-sealing/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { knownWords } from '../../../platform/record/fieldWords.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { formatList } from '../../../ui/format.ts';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { typeWords } from './typeWords.ts';

const path = '/tenant/personal-sealing';
const key = ['tenant', 'personal-sealing'];
const poll_ms = 2_000;
/** The job tries again every few minutes. */
const retry_poll_ms = 60_000;

const isMoving = ({ state }: PersonalSealing): boolean => state === 'sealing' || state === 'opening';

/** Which personal texts the workspace seals, how far that is, and what it costs. */
export default function SealingPage() {
  const sealing = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<PersonalSealing>(path, {}, signal),
    refetchInterval: ({ state: { data } }) =>
      data && isMoving(data) ? (data.closed_texts > 0 ? retry_poll_ms : poll_ms) : false,
  });
  return (
    <Loaded query={sealing}>
      {(data) => (
        <>
          <SettingsSection
            title={t('Sealed fields')}
            description={t(
              'Whoever gets hold of the database, a disk or a backup cannot read what is sealed. Tax numbers, account numbers and other secrets always are. Personal texts are sealed if you turn it on, and everybody who may read a record goes on seeing them.',
            )}
          >
            <Standing sealing={data} />
          </SettingsSection>
          <Fields
            title={t('Sealed when turned on')}
            description={t('Wherever these texts are kept, the history of changes included.')}
            fields={data.sealable}
            isSealed
          />
          <Fields
            title={t('Not sealed yet')}
            description={t(
              'These personal fields stay readable in the database, and so do tasks, custom fields, files and received messages.',
            )}
            fields={data.not_yet}
          />
        </>
      )}
    </Loaded>
  );
}

function Standing({ sealing }: { sealing: PersonalSealing }) {
  const may = useMay();
  const [isAsked, setAsked] = useState(false);
  const turn = useMutation({
    mutationFn: (wanted: { on: boolean; give_up_damaged?: true }) => api.put<PersonalSealing>(path, wanted),
    onSuccess: (now) => queryClient.setQueryData(key, now),
    onSettled: () => setAsked(false),
  });
  const { state, texts, sealed_texts: done, closed_texts, remnants } = sealing;
  const goesOn = state === 'on' || state === 'sealing';
  return (
    <div className="flex max-w-prose flex-col gap-4 text-13">
      <p className="flex items-center gap-2 font-medium">
        {goesOn ? <Lock size={16} aria-hidden="true" /> : <LockOpen size={16} aria-hidden="true" />}
        {stateWords(state)}
      </p>
      {isMoving(sealing) && (
        <div>
          <ProgressBar label={t('Sealed texts')} value={texts === 0 ? null : (100 * done) / texts} />
          <p className="mt-1.5 text-muted">
            {t(
              '{done, number} of {texts, plural, one {# text is} other {# texts are}} sealed. People go on working meanwhile.',
              { done, texts },
            )}
          </p>
        </div>
      )}
      {state === 'on' && (
        <p className="text-muted">
          {t(
            '{texts, plural, =0 {There are no texts to seal yet.} one {# text is sealed.} other {# texts are sealed.}}',
            { texts: done },
          )}
        </p>
      )}
      {remnants.length > 0 && (
        <Banner meaning="attention">
          {t(
            'These tables were too large or too busy to be rewritten, so their files may still have earlier texts: {tables}. Whoever operates the installation can remove them; the page on sealed fields in the documentation says how.',
            { tables: formatList(remnants) },
          )}
        </Banner>
      )}
      {closed_texts > 0 && (
        <Banner meaning="bad">
          {t(
            '{texts, plural, one {# text does not open} other {# texts do not open}}, those of the history included: a master key is missing, or they are damaged. They stay sealed, and unsealing is tried again every five minutes. The page on sealed fields in the documentation says what to do.',
            { texts: closed_texts },
          )}
        </Banner>
      )}
      {sealing.closed.length > 0 && (
        <Closed
          closed={sealing.closed}
          fields={sealing.sealable}
          busy={turn.isPending}
          giveUp={may('tenant', 'update') ? () => turn.mutate({ on: false, give_up_damaged: true }) : undefined}
        />
      )}
      {state !== 'on' && <Costs />}
      {turn.error && <Banner meaning="bad">{turn.error.message}</Banner>}
      {may('tenant', 'update') && (
        <div>
          <Button emphasis={goesOn ? undefined : 'primary'} onClick={() => setAsked(true)}>
            {goesOn ? t('Stop sealing personal texts') : t('Seal personal texts')}
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={isAsked}
        title={goesOn ? t('Stop sealing personal texts?') : t('Seal personal texts?')}
        description={
          goesOn
            ? t(
                'All of them will be readable in the database again, their history included. This runs in the background.',
              )
            : t(
                'This runs in the background and can be turned back. Filters and sorting by these texts stop working at once.',
              )
        }
        action={goesOn ? t('Stop sealing') : t('Seal')}
        busy={turn.isPending}
        onConfirm={() => turn.mutate({ on: !goesOn })}
        onClose={() => setAsked(false)}
      />
    </div>
  );
}

interface ClosedProps {
  closed: PersonalSealing['closed'];
  fields: PersonalSealing['sealable'];
  busy: boolean;
  giveUp: (() => void) | undefined;
}

/** Which texts do not open, and the way to end it. */
function Closed({ closed, fields, busy, giveUp }: ClosedProps) {
  const [isAsked, setAsked] = useState(false);
  const titleOf = (resource: string, name: string) =>
    fields.find((one) => one.resource === resource && one.field === name)?.title ?? name;
  const isDamaged = closed.some(({ why }) => why === 'damaged');
  return (
    <div className="flex flex-col gap-3">
      <ul className="list-disc space-y-1 ps-5">
        {closed.map(({ resource, record_id, field, stands_in, why }) => (
          <li key={`${record_id} ${field} ${stands_in}`}>
            {[
              typeWords(resource),
              knownWords(resource, field) ?? translateServerText(titleOf(resource, field)),
              stands_in === 'history' ? t('In the history') : t('In the record'),
              why === 'damaged' ? t('Damaged') : t('Key missing'),
            ].join(' · ')}{' '}
            <code className="text-12 text-muted">{record_id}</code>
          </li>
        ))}
      </ul>
      {isDamaged && giveUp && (
        <div>
          <Button onClick={() => setAsked(true)}>{t('Give up damaged texts')}</Button>
        </div>
      )}
      <ConfirmDialog
        open={isAsked}
        title={t('Give up damaged texts?')}
        description={t(
          'A note that they are damaged takes their place, in records and in the history. This cannot be undone. Texts whose key is missing stay as they are.',
        )}
        action={t('Give up')}
        busy={busy}
        onConfirm={() => {
          setAsked(false);
          giveUp?.();
        }}
        onClose={() => setAsked(false)}
      />
    </div>
  );
}

function stateWords(state: PersonalSealing['state']): string {
  if (state === 'on') return t('Personal texts are sealed');
  if (state === 'sealing') return t('Personal texts are being sealed');
  return state === 'opening' ? t('Personal texts are being unsealed') : t('Personal texts are not sealed');
}

/** What one says yes to. */
function Costs() {
  return (
    <div>
      <h3 className="font-medium">{t('What changes')}</h3>
      <ul className="mt-1.5 list-disc space-y-1 ps-5 text-muted">
        <li>
          {t(
            'Filters find out only whether such a text is empty. Saved views that look for words in one stop working.',
          )}
        </li>
        <li>{t('No search finds what notes, comments and activities say. Names and tasks are searched as before.')}</li>
        <li>{t('Lists cannot be sorted or grouped by these texts.')}</li>
        <li>
          {t(
            'Names of people are searched, filtered and sorted as before, sorted up to 20,000 records. Duplicates are no longer found by them.',
          )}
        </li>
        <li>{t('Phone numbers of people are found whole, however they are written. A part of one finds nobody.')}</li>
        <li>{t('Reading and writing them takes a little longer.')}</li>
        <li>{t('The workspace cannot be exported as an archive while they are sealed.')}</li>
        <li>
          {t(
            'Backups, archived months of history and logs of the database from before keep what they have until they expire, and so do devices that keep records for offline use.',
          )}
        </li>
      </ul>
    </div>
  );
}

interface FieldsProps {
  title: string;
  description: string;
  fields: PersonalSealing['sealable'];
  isSealed?: boolean;
}

function Fields({ title, description, fields, isSealed = false }: FieldsProps) {
  const byType = Map.groupBy(fields, ({ resource }) => resource);
  return (
    <SettingsSection title={title} description={description}>
      <Panel label={title}>
        {[...byType].map(([resource, own]) => (
          <PanelRow
            key={resource}
            icon={isSealed ? <Lock size={16} /> : <LockOpen size={16} />}
            title={typeWords(resource)}
            detail={own
              .map(({ field, title: name }) => knownWords(resource, field) ?? translateServerText(name))
              .join(' · ')}
          />
        ))}
      </Panel>
    </SettingsSection>
  );
}
