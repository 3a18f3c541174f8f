import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, ShieldQuestion, TriangleAlert } from 'lucide-react';
import type { CertificateList } from '../../../../src/operations/certificates/contract.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { certificatesQuery } from './installation.ts';

type Certificate = CertificateList['data'][number];

const day_ms = 86_400_000;
const warning_days = 21;
const urgent_days = 7;

/** Until when the certificates of the servers in the configuration are valid. */
export function CertificateSection() {
  const certificates = useQuery(certificatesQuery);
  return (
    <SettingsSection
      id="certificates"
      title={t('Certificates')}
      description={t(
        'Of the servers named in the configuration. They are checked each day, and when somebody runs the check on the page Schedules.',
      )}
    >
      <Loaded query={certificates}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState compact title={t('No server in the configuration is reached by TLS')} />
          ) : (
            <Panel label={t('Certificates')}>
              {data.map((certificate) => (
                <CertificateRow key={certificate.endpoint} certificate={certificate} />
              ))}
            </Panel>
          )
        }
      </Loaded>
    </SettingsSection>
  );
}

/** Words for OpenSSL's usual reasons to distrust a certificate. */
const distrusts: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: t('it is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: t('its issuer is not trusted on this machine'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: t('its issuer is not trusted on this machine'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: t('its issuer is not trusted on this machine'),
  CERT_HAS_EXPIRED: t('it has expired'),
  CERT_NOT_YET_VALID: t('it is not valid yet'),
};

function CertificateRow({ certificate }: { certificate: Certificate }) {
  const { endpoint, subject, issuer, valid_until, distrust, error, checked_at } = certificate;
  const days = valid_until ? (Date.parse(valid_until) - Date.now()) / day_ms : null;
  const [Icon, ink] =
    days === null
      ? ([ShieldQuestion, ''] as const)
      : days < urgent_days
        ? ([CircleAlert, 'text-bad-ink'] as const)
        : days < warning_days
          ? ([TriangleAlert, 'text-attention-ink'] as const)
          : ([CircleCheck, 'text-good-ink'] as const);
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" className={ink} />}
      title={<span className="wrap-anywhere">{endpoint}</span>}
      detail={
        <>
          {valid_until && (
            <span className="block text-ink">
              <T
                text="Valid until <day></day>, <time></time>"
                values={{
                  day: () => <DateText value={valid_until} exact />,
                  time: () => <DateText value={valid_until} />,
                }}
              />
            </span>
          )}
          {subject && <span className="block">{t('For {subject}, by {issuer}', { subject, issuer })}</span>}
          {distrust && (
            <span className="block text-attention-ink">
              {t('The worker does not trust it: {why}', { why: distrusts[distrust] ?? distrust })}
            </span>
          )}
          {error && <span className="block text-attention-ink">{t('None was seen: {why}', { why: error })}</span>}
          <span className="block">
            <T text="Looked at <time></time>" values={{ time: () => <DateText value={checked_at} /> }} />
          </span>
        </>
      }
    />
  );
}
