import { Link } from '@tanstack/react-router';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { useGoogleClient } from './google.ts';

/** What happens when one connects with Google (`about`), or why it is not possible yet. */
export function GoogleState({ about }: { about: string }) {
  const may = useMay();
  const client = useGoogleClient();
  return (
    <Loaded query={client}>
      {({ is_set, is_testing }) =>
        is_set ? (
          <div className="flex flex-col gap-3 text-13">
            <p>{about}</p>
            {is_testing && (
              <Banner meaning="attention">
                {t(
                  'The client of your workspace is in testing at Google: there the connection ends after seven days, and you connect again. Nothing is fetched twice.',
                )}
              </Banner>
            )}
          </div>
        ) : (
          <Banner meaning="attention">
            {may('tenant', 'update') ? (
              <Link to="/settings/$section" params={{ section: 'google' }} className="underline">
                {t('Set up a client at Google first: it takes a quarter of an hour, once for all people.')}
              </Link>
            ) : (
              t('This is not possible yet: an administrator sets up a client at Google first, under Settings, Google.')
            )}
          </Banner>
        )
      }
    </Loaded>
  );
}
