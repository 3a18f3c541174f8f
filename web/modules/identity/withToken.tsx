import { useLocation } from '@tanstack/react-router';
import type { ComponentType } from 'react';

/**
 * A page for the one-time token behind the # of its address, which no server and no log ever sees. Pasting another address into the same tab changes
 * nothing but the token, with which the page begins anew.
 */
export const withToken = (Page: ComponentType<{ token: string }>) =>
  function TokenPage() {
    const token = useLocation({ select: ({ hash }) => hash });
    return <Page key={token} token={token} />;
  };
