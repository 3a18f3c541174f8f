import { useMemo } from 'react';
import { cleanHtml } from './cleanHtml.ts';

/** A note or comment as it was written. The server cleans what it keeps; the page does not rely on that. */
export function RichText({ html }: { html: string }) {
  const safe = useMemo(() => cleanHtml(html), [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: only elements of the list above and names, without attributes but a web address
  return <div className="rich-text" dangerouslySetInnerHTML={{ __html: safe }} />;
}
