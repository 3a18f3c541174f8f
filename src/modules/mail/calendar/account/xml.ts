import { Parser } from 'htmlparser2';

/**
 * An element of an answer, by its name without its prefix: what servers call the namespace differs. Its text begins
 * with its attribute `name`.
 */
export interface XmlNode {
  name: string;
  children: XmlNode[];
  text: string;
}

const depth_max = 50;

export function parseXml(text: string): XmlNode {
  const root: XmlNode = { name: '', children: [], text: '' };
  const open = [root];
  let skipped = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (open.length > depth_max) {
          skipped++;
          return;
        }
        const node: XmlNode = {
          name: name.slice(name.indexOf(':') + 1).toLowerCase(),
          children: [],
          text: attributes.name ?? '',
        };
        open.at(-1)!.children.push(node);
        open.push(node);
      },
      ontext(part) {
        open.at(-1)!.text += part;
      },
      onclosetag() {
        if (skipped > 0) skipped--;
        else if (open.length > 1) open.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  return root;
}

export const childOf = (node: XmlNode | undefined, ...names: readonly string[]): XmlNode | undefined =>
  names.reduce<XmlNode | undefined>((at, name) => at?.children.find((child) => child.name === name), node);

export interface DavItem {
  href: string;
  /** Of the item itself; 200 where it stands with its properties. */
  status: number;
  /** The properties that it has. */
  prop(name: string): XmlNode | undefined;
}

const statusOf = (node: XmlNode | undefined): number => Number(/\s(\d{3})\b/.exec(` ${node?.text ?? ''}`)?.[1] ?? 200);

/** What a server says of several things at once (RFC 4918, section 13), and the token of a sync (RFC 6578). */
export function readMultistatus(text: string): { items: DavItem[]; token: string | null } {
  const root = childOf(parseXml(text), 'multistatus');
  const items = (root?.children ?? [])
    .filter(({ name }) => name === 'response')
    .map((response): DavItem => {
      const found = response.children
        .filter((child) => child.name === 'propstat' && statusOf(childOf(child, 'status')) === 200)
        .flatMap((child) => childOf(child, 'prop')?.children ?? []);
      return {
        href: (childOf(response, 'href')?.text ?? '').trim(),
        status: statusOf(childOf(response, 'status')),
        prop: (name) => found.find((one) => one.name === name),
      };
    });
  return { items, token: childOf(root, 'sync-token')?.text.trim() || null };
}
