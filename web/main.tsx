import './ui/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { home } from './app/home/manifest.ts';
import { createPageRouter } from './app/router.tsx';
import { SomebodyElsePage } from './app/SomebodyElsePage.tsx';
import { design } from './modules/design/manifest.ts';
import { directory } from './modules/directory/manifest.ts';
import { identity } from './modules/identity/manifest.ts';
import { inbox } from './modules/inbox/manifest.ts';
import { insight } from './modules/insight/manifest.ts';
import { mail } from './modules/mail/manifest.ts';
import { sales } from './modules/sales/manifest.ts';
import { settings } from './modules/settings/manifest.ts';
import { wealth } from './modules/wealth/manifest.ts';
import { declareProducts } from './platform/product/products.ts';
import { queryClient } from './platform/query/queryClient.ts';
import { loadDefinitions } from './platform/record/definitions.ts';
import { dropOldDrafts } from './platform/session/drafts.ts';
import { watchPageErrors } from './platform/session/pageErrors.ts';
import { pageUser, usePageEnd } from './platform/session/pageUser.ts';
import { alsoLoad } from './text/lazy.ts';
import { direction, language } from './text/locale.ts';
import { Toaster } from './ui/Toaster.tsx';
import { TooltipProvider } from './ui/Tooltip.tsx';

/** In the order of the navigation. */
const products = [
  home,
  inbox,
  directory,
  mail,
  sales,
  wealth,
  insight,
  settings,
  identity,
  design,
]; // biome-ignore format: a product a line

declareProducts(products);
alsoLoad(loadDefinitions);
const router = createPageRouter(products);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function Page() {
  const [end, user] = [usePageEnd(), pageUser()];
  // In place of all there is, so that nothing of the page goes on. The browser is on its way to the page for signing
  // in.
  if (end === 'signed_out') return null;
  if (end && user) return <SomebodyElsePage former={user} />;
  return (
    <>
      <RouterProvider router={router} />
      <Toaster />
    </>
  );
}

document.documentElement.lang = language;
document.documentElement.dir = direction;

watchPageErrors();
dropOldDrafts();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <DirectionProvider direction={direction}>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <TooltipProvider delay={500}>
            <Page />
          </TooltipProvider>
        </QueryClientProvider>
      </CSPProvider>
    </DirectionProvider>
  </StrictMode>,
);
