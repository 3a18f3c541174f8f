import { LogIn } from 'lucide-react';
import { url } from '../../platform/query/api.ts';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import type { SignInOptions } from './identityApi.ts';

/** Google and whatever else the workspace trusts. These lead away from the page, so they are links. */
export function ProviderButtons({ providers, next }: { providers: SignInOptions['providers']; next?: string }) {
  return providers.map(({ id, name }) => (
    <a key={id} href={url(`/sign-in/oidc/${id}`, { next })} className={buttonClass('secondary', 'medium', 'h-9')}>
      <LogIn size={14} />
      {t('Continue with {name}', { name })}
    </a>
  ));
}
