import type { ReactNode } from 'react';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { Logo } from '../../ui/Logo.tsx';

/** The frame of every page for those who are not signed in. */
export function AuthCard({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
}) {
  usePageTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-90">
        <Logo size={36} />
        <h1 className="mt-5 text-20">{title}</h1>
        {description && <p className="mt-1 text-14 text-pretty text-muted">{description}</p>}
        {children && <div className="mt-6">{children}</div>}
      </div>
    </main>
  );
}
