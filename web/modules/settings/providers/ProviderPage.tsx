import { Badge } from '../../../ui/Badge.tsx';
import { type Vocabulary, VocabularyPage } from '../vocabulary/VocabularyPage.tsx';

const isOidc = ({ kind }: Readonly<Record<string, unknown>>) => kind !== 'google';

const providers: Vocabulary = {
  resource: 'sign_in_provider',
  right: 'sign_in_provider',
  title: 'Sign-in providers',
  description:
    'Google and every provider of OpenID Connect, at no extra charge. Their buttons show on the sign-in page.',
  one: 'provider',
  many: 'providers',
  sort: 'name',
  start: { kind: 'google', name: 'Google', enabled: true },
  fields: [
    {
      key: 'kind',
      label: 'Kind',
      kind: 'select',
      required: true,
      createOnly: true,
      options: [
        { value: 'google', label: 'Google' },
        { value: 'oidc', label: 'OpenID Connect' },
      ],
    },
    { key: 'name', label: 'Name', kind: 'text', required: true, help: 'As the button says it: “Continue with …”' },
    {
      key: 'issuer',
      label: 'Issuer',
      kind: 'url',
      required: true,
      placeholder: 'https://login.example.com',
      shownWhen: isOidc,
    },
    { key: 'client_id', label: 'Client id', kind: 'text', required: true },
    {
      key: 'client_secret',
      label: 'Client secret',
      kind: 'text',
      secret: true,
      help: 'Kept sealed and never shown again',
    },
    {
      key: 'allowed_domains',
      label: 'E-mail domains',
      kind: 'lines',
      help: 'One a line. Empty: everybody whom an administrator invited.',
    },
    { key: 'enabled', label: 'On', kind: 'boolean' },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        <Badge meaning={record.enabled === true ? 'good' : 'neutral'}>{record.enabled === true ? 'On' : 'Off'}</Badge>
      </>
    ),
    detail: String(record.issuer ?? ''),
  }),
  deleting: 'Those who sign in through it need a password, a passkey or another provider.',
};

export default function ProviderPage() {
  return <VocabularyPage vocabulary={providers} />;
}
