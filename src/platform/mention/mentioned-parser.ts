import { mentionedIn } from './html.ts';

export const parse = (html: string): string[] => mentionedIn(html);
