import { VocabularyPage } from '../../../platform/settings/VocabularyPage.tsx';
import type { Vocabulary } from '../../../platform/settings/vocabulary.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';

const isOidc = ({ kind }: Readonly<Record<string, unknown>>) => kind !== 'google';

const providers: Vocabulary = {
  resource: 'sign_in_provider',
  right: 'sign_in_provider',
  title: t('Sign-in providers'),
  description: t(
    'Google and every provider of OpenID Connect, at no extra charge. Their buttons show on the sign-in page.',
  ),
  words: {
    new: t('New provider'),
    create: t('Create provider'),
    created: t('Provider created'),
    edit: t('Edit provider'),
    delete: t('Delete provider'),
  },
  none: t('No providers yet'),
  sort: 'name',
  start: { kind: 'google', name: 'Google', enabled: true },
  fields: [
    {
      key: 'kind',
      label: t('Kind'),
      kind: 'select',
      required: true,
      createOnly: true,
      options: [
        { value: 'google', label: 'Google' },
        { value: 'oidc', label: 'OpenID Connect' },
      ],
    },
    {
      key: 'name',
      label: t('Name'),
      kind: 'text',
      required: true,
      help: t('Shown on the button: “Continue with …”'),
    },
    {
      key: 'issuer',
      label: t('Issuer'),
      kind: 'url',
      required: true,
      placeholder: 'https://login.example.com',
      shownWhen: isOidc,
    },
    { key: 'client_id', label: t('Client id'), kind: 'text', required: true },
    {
      key: 'client_secret',
      label: t('Client secret'),
      kind: 'text',
      secret: true,
      help: t('Stored encrypted and never shown again'),
    },
    {
      key: 'allowed_domains',
      label: t('E-mail domains'),
      kind: 'lines',
      help: t('One per line. If empty, everybody whom an administrator invited.'),
    },
    {
      key: 'enforces_second_factor',
      label: t('Asks for a second factor itself'),
      kind: 'boolean',
      help: t('Otherwise people with a second factor here are asked for it'),
    },
    { key: 'enabled', label: t('On'), kind: 'boolean' },
  ],
  nameOf: ({ name }) => String(name),
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        <Badge meaning={record.enabled === true ? 'good' : 'neutral'}>
          {record.enabled === true ? t('On') : t('Off')}
        </Badge>
      </>
    ),
    detail: String(record.issuer ?? ''),
  }),
  deleting: t('People who sign in through it will need a password, a passkey or another provider.'),
};

export default function ProviderPage() {
  return <VocabularyPage vocabulary={providers} />;
}
