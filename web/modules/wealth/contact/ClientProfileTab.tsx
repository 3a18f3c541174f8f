import { useQuery } from '@tanstack/react-query';
import { Pencil, Plus } from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import type { z } from 'zod';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type {
  clientProfile,
  disclosures,
  identityDocument,
} from '../../../../src/modules/wealth/client-profile/contract.ts';
import { api, type Page } from '../../../platform/query/api.ts';
import { countryText } from '../../../platform/record/countries.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { fieldWords } from '../../../platform/record/fieldWords.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatDate, formatDateTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { SuitabilityOfContact } from '../planning/SuitabilityOfContact.tsx';
import { documentKindText, profileLabels, riskClassText } from './profileWords.ts';
import { SealedValue } from './SealedValue.tsx';

const ProfileDialog = lazyPart(() => import('./ProfileDialog.tsx'));

type Profile = RowOf<typeof clientProfile>;
type Document = RowOf<typeof identityDocument>;
type Disclosures = z.infer<typeof disclosures>;
type Editing = { part: 'profile' | 'document'; row?: Profile | Document };

/** What the firm knows of a client and tells nobody, and who saw it. */
export default function ClientProfileTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Editing | null>(null);
  const profiles = useOfClient<Profile>('client_profile', '/client-profiles', record.id);
  const documents = useOfClient<Document>('identity_document', '/identity-documents', record.id);
  if (profiles.isPending || documents.isPending)
    return <SkeletonRows label={t('Loading {part}', { part: t('Client profile') })} />;
  if (profiles.isError || documents.isError)
    return (
      <div className="p-4">
        <NotRead />
      </div>
    );
  const [profile] = profiles.data.data;
  const editable = may('client_profile', 'update') && !record.deleted_at;
  const edit = (next: Editing) => (editable ? () => setEditing(next) : undefined);
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-6 p-4">
      <Section
        title={t('Client profile')}
        actionLabel={profile ? t('Edit client profile') : t('Add a client profile')}
        onAction={edit({ part: 'profile', ...(profile && { row: profile }) })}
      >
        {profile ? <ProfileFacts profile={profile} /> : <p className="text-13 text-muted">{t('Nothing yet')}</p>}
      </Section>
      <Section
        title={t('Identity documents')}
        actionLabel={t('Add an identity document')}
        onAction={edit({ part: 'document' })}
        isList
      >
        {documents.data.data.length === 0 && <p className="text-13 text-muted">{t('Nothing yet')}</p>}
        <ul className="flex flex-col gap-2">
          {documents.data.data.map((row) => (
            <DocumentLine key={row.id} row={row} onEdit={edit({ part: 'document', row })} />
          ))}
        </ul>
      </Section>
      {may('household', 'read') && <SuitabilityOfContact contact={record} />}
      {may('reveal', 'read') && <Seen contact={record.id} />}
      <Suspense>{editing && <ProfileDialog {...editing} client={record} onClose={() => setEditing(null)} />}</Suspense>
    </div>
  );
}

/** Those of one person. After a merge there may be two profiles: the one that was changed last counts. */
const useOfClient = <Row,>(resource: string, path: string, contact: string) =>
  useQuery({
    queryKey: [resource, 'of client', contact],
    queryFn: ({ signal }) =>
      api.get<Page<Row>>(
        path,
        { filter: JSON.stringify({ field: 'contact_id', op: 'eq', value: contact }), sort: '-updated_at', limit: 50 },
        signal,
      ),
  });

interface SectionProps {
  title: string;
  actionLabel?: string;
  onAction?: (() => void) | undefined;
  /** The action adds to it. */
  isList?: boolean;
  children: ReactNode;
}

function Section({ title, actionLabel, onAction, isList, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <div className="mb-2 flex h-7 items-center gap-1.5">
        <h2 className="text-14">{title}</h2>
        <span className="flex-1" />
        {onAction && (
          <IconButton size="small" label={actionLabel!} onClick={onAction}>
            {isList ? <Plus size={14} /> : <Pencil size={12} />}
          </IconButton>
        )}
      </div>
      {children}
    </section>
  );
}

function ProfileFacts({ profile }: { profile: Profile }) {
  const path = `/client-profiles/${profile.id}`;
  const sealed = (['ssn', 'tax_id', 'date_of_birth'] as const).map((field) => (
    <Fact key={field} label={profileLabels[field]}>
      <SealedValue path={path} field={field} mask={profile[field]} label={profileLabels[field]} />
    </Fact>
  ));
  return (
    <dl className="flex flex-col gap-2">
      {sealed}
      {profile.died_on && <Fact label={profileLabels.died_on}>{dateText(profile.died_on)}</Fact>}
      <Fact label={profileLabels.risk_class}>{riskClassText(profile.risk_class)}</Fact>
      <Fact label={profileLabels.kyc_checked_on}>{dateText(profile.kyc_checked_on)}</Fact>
      <Fact label={profileLabels.kyc_due_on}>{dateText(profile.kyc_due_on)}</Fact>
    </dl>
  );
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="flex min-h-7 flex-wrap items-center gap-x-3 text-13">
    <dt className="w-40 shrink-0 text-muted sm:w-44">{label}</dt>
    <dd className="min-w-0 flex-1">{children}</dd>
  </div>
);

const dateText = (day: string | null): ReactNode => (day ? formatDate(day) : <span className="text-faint">—</span>);

function DocumentLine({ row, onEdit }: { row: Document; onEdit: (() => void) | undefined }) {
  const kind = documentKindText(row.kind);
  return (
    <li className="flex items-center gap-2 rounded-lg border border-line px-3 py-2 text-13">
      <div className="min-w-0 flex-1">
        <p className="text-muted">
          {[
            kind,
            row.country && countryText(row.country),
            row.expires_on && t('Expires {date}', { date: formatDate(row.expires_on) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <SealedValue path={`/identity-documents/${row.id}`} field="number" mask={row.number} label={kind} />
      </div>
      {onEdit && (
        <IconButton size="small" label={t('Edit {name}', { name: kind })} onClick={onEdit}>
          <Pencil size={12} />
        </IconButton>
      )}
    </li>
  );
}

/** Who saw or exported what of a client: what the firm has to say within 30 days of being asked. */
function Seen({ contact }: { contact: string }) {
  const seen = useQuery({
    queryKey: ['client_profile', 'disclosures', contact],
    queryFn: ({ signal }) => api.get<Disclosures>(`/contacts/${contact}/disclosures`, {}, signal),
  });
  return (
    <Section title={t('Who saw or exported what')}>
      {seen.isPending && <SkeletonRows label={t('Loading')} />}
      {seen.isError && <NotRead />}
      {seen.data?.data.length === 0 && <p className="text-13 text-muted">{t('Nobody yet')}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {seen.data?.data.map((one) => (
          <li key={`${one.at} ${one.field}`} className="py-2 text-13">
            <p>
              {t('{person} saw {field}', {
                person: one.person?.name ?? t('The program'),
                field: one.resource && one.field ? fieldWords(one.resource, one.field) : t('a value'),
              })}
            </p>
            <p className="text-12 text-muted">{[formatDateTime(one.at), one.reason].filter(Boolean).join(' · ')}</p>
          </li>
        ))}
      </ul>
      {seen.data?.more && <p className="text-12 text-muted">{t('Older ones are in the audit log.')}</p>}
      {seen.data && seen.data.data.length > 0 && (
        <Button size="small" emphasis="quiet" className="print:hidden" onClick={() => window.print()}>
          {t('Print')}
        </Button>
      )}
    </Section>
  );
}
