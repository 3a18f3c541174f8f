import { cleanHtml } from './html.ts';

export const parse = ({ html, names }: { html: string; names: ReadonlyMap<string, string> | undefined }): string =>
  cleanHtml(html, names);
