import { useMutation } from '@tanstack/react-query';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { useFeatures } from './features.ts';

/** What the workspace can do without. */
export function FeatureSection() {
  const disabled = !useMay()('tenant', 'update');
  const features = useFeatures();
  const change = useMutation({
    mutationFn: ({ name, on }: { name: string; on: boolean }) => api.patch('/features', { [name]: on }),
    // The workspace itself has another version then, the session says what is off, and roles are asked about the rights
    // of what is on.
    onSettled: () =>
      Promise.all(
        [['tenant'], ['session'], ['role', 'other']].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      ),
  });
  const list = (products: boolean) => (
    <>
      {change.error && <Banner meaning="bad">{messageOf(change.error)}</Banner>}
      <Loaded query={features}>
        {({ data }) => (
          <ul className="flex max-w-prose flex-col gap-3">
            {data
              .filter(({ product }) => product === products)
              .map(({ name, title, description, on, locked }) => (
                <li key={name} className="flex items-start gap-2.5">
                  <Checkbox
                    label={translateServerText(title)}
                    className="mt-0.5"
                    checked={change.isPending && change.variables.name === name ? change.variables.on : on}
                    disabled={disabled || locked}
                    onChange={(next) => change.isPending || change.mutate({ name, on: next })}
                  />
                  <span className="min-w-0 text-13">
                    {translateServerText(title)}
                    <span className="block text-muted">
                      {locked ? t('Switched off for this whole installation') : translateServerText(description)}
                    </span>
                  </span>
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </>
  );
  return (
    <>
      <SettingsSection
        title={t('Products')}
        description={t('What is off is hidden everywhere, and stays unchanged until it is on again.')}
      >
        {list(true)}
      </SettingsSection>
      <SettingsSection title={t('Features')} description={t('Turn off what nobody here should use.')}>
        {list(false)}
      </SettingsSection>
    </>
  );
}
