import { lazyPart } from '../../text/lazy.ts';

let editor: typeof import('./InlineEditor.tsx') | undefined;

export const loadEditor = async () => {
  editor = await import('./InlineEditor.tsx');
  return editor;
};

export const LazyInlineEditor = lazyPart(loadEditor);
/** Once it is there it is drawn at once, so that the key that began the edit lands in it. */
export const inlineEditor = () => editor?.default ?? LazyInlineEditor;
