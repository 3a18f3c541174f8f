import { useLocation } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';

/**
 * A page for the one-time token behind the # of its address, which no server and no log ever sees. Pasting another
 * address into the same tab changes nothing but the token, with which the page begins anew. The address is already that
 * of the next page while that one is still loading: it says nothing of this token.
 */
export const withToken = (Page: ComponentType<{ token: string }>) =>
  function TokenPage() {
    const { pathname, hash } = useLocation();
    const [opened, setOpened] = useState({ pathname, token: hash });
    if (pathname === opened.pathname && hash !== opened.token) setOpened({ pathname, token: hash });
    return <Page key={opened.token} token={opened.token} />;
  };
