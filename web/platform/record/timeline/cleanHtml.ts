import { RichTextWriter } from '../../../../src/kernel/contract/rich-text.ts';

/** HTML by the rule of the API. It is read in a document of its own, where nothing runs or loads. */
export function cleanHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(withoutStyles(html), 'text/html');
  const writer = new RichTextWriter();
  let node: Node | null = body.firstChild;
  // Without recursion, because it may be nested as deep as its writer likes.
  while (node && node !== body) {
    if (node instanceof Element) {
      writer.open(node.localName, attributesOf(node));
      if (node.firstChild) {
        node = node.firstChild;
        continue;
      }
      writer.close();
    } else if (node instanceof Text) writer.text(node.data);
    while (node && node !== body && !node.nextSibling) {
      node = node.parentNode;
      if (node !== body) writer.close();
    }
    node = node === body ? null : (node?.nextSibling ?? null);
  }
  return writer.end();
}

const style_read = 'data-style-read';

/** The page's policy allows no styles, in documents that are only read neither, and the browser complains of each. */
const withoutStyles = (html: string): string =>
  html
    .replace(/<(\/?)style(?=[\s>])/gi, '<$1textarea')
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle(?=[\s=])/gi, ` ${style_read}`));

const attributesOf = (element: Element): Record<string, string> =>
  Object.fromEntries([...element.attributes].map(({ name, value }) => [name === style_read ? 'style' : name, value]));
