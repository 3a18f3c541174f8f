/**
 * What becomes of HTML from elsewhere (a mail, a sheet, a document) in a note: the one rule of the page, which pastes,
 * and of the API. It is fed the elements and texts of any parser in order, and writes HTML of its own from them: no
 * element or attribute of the source gets through as it was.
 */
export class RichTextWriter {
  private readonly frames: Frame[] = [
    { kind: 'inline', line: '', marks: [], depth: 0, rows: 0, isHeading: false, isPreformatted: false },
  ];
  /** The lines of the innermost cell, or else of the text. */
  private items: Item[] = [];
  private run: Run | undefined;
  private row: Row | undefined;

  /** An element begins. Void ones are ended by `close`, too. */
  open(name: string, attributes: Readonly<Record<string, string | undefined>>): void {
    const parent = this.frames.at(-1)!;
    if (parent.kind === 'skipped' || skipped.has(name)) {
      this.frames.push({ ...parent, kind: 'skipped' });
      return;
    }
    const frame = { ...parent, kind: 'inline' as const, marks: marksOf(name, attributes, parent) };
    if (name === 'br') this.write('<br>', parent);
    else if (name === 'img') this.text(emojiOf(attributes.alt));
    else if (name === 'span' && isMention(attributes)) this.write('', frame);
    if (frame.isPreformatted) {
      if (blocks.has(name)) this.breakPreformatted();
      this.frames.push({ ...frame, ...(blocks.has(name) && { kind: 'preformatted' }) });
    } else this.frames.push(this.openBlock(name, attributes, frame) ?? frame);
  }

  text(text: string): void {
    const frame = this.frames.at(-1)!;
    if (frame.kind === 'skipped') return;
    if (frame.isPreformatted) this.write(escaped(this.run?.isBroken ? `\n${text.replace(/^\n/, '')}` : text), frame);
    else if (this.run || !isBlank(text))
      this.write(escaped(frame.line !== '' || frame.depth > 0 ? inOneLine(text) : text), frame);
  }

  /** The element that was opened last and is not closed ends. */
  close(): void {
    const frame = this.frames.pop()!;
    if (frame.kind === 'preformatted') this.breakPreformatted();
    else if (frame.kind === 'line') this.endRun(true);
    else if (frame.kind !== 'inline' && frame.kind !== 'skipped') this.endRun();
    if (frame.kind === 'container') this.items.push(`</${frame.name}>`);
    else if (frame.kind === 'cell') this.endCell();
    else if (frame.kind === 'row') this.endRow();
  }

  /** What was written. */
  end(): string {
    while (this.frames.length > 1) this.close();
    this.endRun();
    return this.items
      .map((item, at) => {
        if (typeof item === 'string') return item;
        if (item.tag !== '') return `<${item.tag}>${item.html}</${item.tag}>`;
        const before = this.items[at - 1];
        return typeof before === 'object' && before.tag === '' ? `<br>${item.html}` : item.html;
      })
      .join('');
  }

  private openBlock(name: string, attributes: Readonly<Record<string, string | undefined>>, frame: Frame) {
    if (!blocks.has(name)) return undefined;
    this.endRun();
    const line = lines[name];
    if (line !== undefined) {
      const opened = { ...frame, kind: 'line' as const, line, isHeading: line !== 'p', isPreformatted: line === 'pre' };
      // One without any text is a line as well.
      this.run = { tag: line, html: '', written: [] };
      return opened;
    }
    if (name === 'hr') this.items.push('<hr>');
    else if (containers.has(name) && frame.depth < depth_max) {
      this.items.push(name === 'ol' && isNumber(attributes.start) ? `<ol start="${attributes.start}">` : `<${name}>`);
      return { ...frame, kind: 'container' as const, name, line: '', isHeading: false, depth: frame.depth + 1 };
    }
    const block = { ...frame, line: frame.isHeading ? frame.line : div_line };
    if (name === 'tr' && frame.rows < depth_max) {
      this.row = { cells: [], around: this.items, outer: this.row };
      this.items = [];
      return { ...block, kind: 'row' as const, rows: frame.rows + 1 };
    }
    if (!this.row || (name !== 'td' && name !== 'th')) return { ...block, kind: 'block' as const };
    if (this.items.length > 0) this.endCell();
    return { ...block, kind: 'cell' as const };
  }

  private endCell(): void {
    this.row?.cells.push(this.items);
    this.items = [];
  }

  /** The cells of a row are one line, with a separator between them, unless one of them has several. */
  private endRow(): void {
    const { cells, around, outer } = this.row!;
    if (this.items.length > 0) cells.push(this.items);
    this.row = outer;
    this.items = around;
    const texts = cells.map(([line]) => (typeof line === 'object' ? line.html.trim() : ''));
    const isLine = cells.every(([line, ...more]) => more.length === 0 && (!line || isParagraph(line)));
    if (cells.length < 2 || !isLine) this.items.push(...cells.flat());
    else if (texts.some(Boolean))
      this.items.push({ tag: 'p', html: texts.slice(0, texts.findLastIndex(Boolean) + 1).join(' | ') });
  }

  private write(html: string, { line, marks }: Frame): void {
    this.run ??= { tag: line === div_line ? 'p' : line, html: '', written: [] };
    const { run } = this;
    run.isBroken = false;
    const same = run.written.findIndex((mark, at) => mark !== marks[at]);
    this.closeMarks(run, same < 0 ? run.written.length : same);
    for (const mark of marks.slice(run.written.length)) {
      run.html += mark.open;
      run.written.push(mark);
    }
    run.html += html;
  }

  private closeMarks(run: Run, from: number): void {
    for (const { tag } of run.written.splice(from).reverse()) run.html += `</${tag}>`;
  }

  /** An empty line counts only where somebody made one, with `isMeant`. */
  private endRun(isMeant = false): void {
    const { run } = this;
    if (!run) return;
    this.run = undefined;
    this.closeMarks(run, 0);
    if (isMeant || !isBlank(run.html)) this.items.push({ tag: run.tag, html: run.html });
  }

  private breakPreformatted(): void {
    if (this.run && this.run.html !== '' && !this.run.html.endsWith('\n')) this.run.isBroken = true;
  }
}

interface Mark {
  tag: string;
  open: string;
}

interface Frame {
  kind: 'inline' | 'line' | 'block' | 'container' | 'row' | 'cell' | 'preformatted' | 'skipped';
  name?: string;
  /** The element for text directly within; none at the beginning and in a list. */
  line: string;
  marks: readonly Mark[];
  /** How many lists and quotations it stands in, and how many rows. */
  depth: number;
  rows: number;
  isHeading: boolean;
  isPreformatted: boolean;
}

interface Line {
  tag: string;
  html: string;
}

/** A line, or the beginning or end of a list or quotation. */
type Item = Line | string;

interface Run extends Line {
  written: Mark[];
  /** The next text begins a new line of preformatted text. */
  isBroken?: boolean;
}

interface Row {
  cells: Item[][];
  /** The lines before it. */
  around: Item[];
  /** The row that it stands in. */
  outer: Row | undefined;
}

/** Lists, quotations and rows deeper than this become lines, and so many kinds of formatting apply at once. */
const depth_max = 20;
const marks_max = 10;

/** The line of a block that is no paragraph, and becomes one. */
const div_line = 'div';

const skipped: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'title',
  'textarea',
  'select',
  'option',
  'xml',
]);

const lines: Readonly<Record<string, string>> = {
  p: 'p',
  h1: 'h1',
  h2: 'h2',
  h3: 'h3',
  h4: 'h3',
  h5: 'h3',
  h6: 'h3',
  pre: 'pre',
};

const containers: ReadonlySet<string> = new Set(['ul', 'ol', 'li', 'blockquote']);

/** What begins a line of its own. */
const blocks: ReadonlySet<string> = new Set([
  ...Object.keys(lines),
  ...containers,
  'hr',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'nav',
  'address',
  'center',
  'figure',
  'figcaption',
  'details',
  'summary',
  'dl',
  'dt',
  'dd',
  'table',
  'caption',
  'thead',
  'tbody',
  'tfoot',
  'tr',
  'td',
  'th',
  'form',
  'fieldset',
  'legend',
  'menu',
  'dir',
]);

const formats: Readonly<Record<string, string>> = {
  strong: 'strong',
  b: 'b',
  em: 'em',
  i: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
};

const bold: ReadonlySet<string> = new Set(['strong', 'b']);
const italic: ReadonlySet<string> = new Set(['em', 'i']);

const isParagraph = (item: Item): boolean => typeof item === 'object' && item.tag === 'p';
const isBlank = (text: string): boolean => /^[ \t\n\r\f]*$/.test(text);
/** In a block, line ends of the source mean a space. Plain text, outside of any, keeps them. */
const inOneLine = (text: string): string =>
  text.replace(/[ \t\n\r\f]+/g, (spaces) => (/[\n\r]/.test(spaces) ? ' ' : spaces));
const isNumber = (text: string | undefined): text is string => /^\d{1,9}$/.test(text ?? '');
const isMention = (attributes: Readonly<Record<string, string | undefined>>): boolean =>
  attributes['data-type'] === 'mention';

/** Mail programs write emoji as pictures. */
const emojiOf = (alt = ''): string => (alt.length <= 20 && /^\p{Extended_Pictographic}/u.test(alt) ? alt : '');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const attribute = (name: string, value: string): string => ` ${name}="${escaped(value).replaceAll('"', '&quot;')}"`;

const isAddress = (href: string): boolean => /^(https?:|mailto:|tel:)/i.test(href);

/**
 * The formatting of what an element holds, by its name and its style: Google Docs writes everything into a `b` that is
 * not bold.
 */
function marksOf(name: string, attributes: Readonly<Record<string, string | undefined>>, { marks, isHeading }: Frame) {
  let now = marks;
  const add = (tag: string, open = `<${tag}>`) => {
    if (now.length < marks_max) now = [...now, { tag, open }];
  };
  const without = (tags: ReadonlySet<string>) => {
    if (now.some(({ tag }) => tags.has(tag))) now = now.filter(({ tag }) => !tags.has(tag));
  };
  const has = (tags: ReadonlySet<string>) => now.some(({ tag }) => tags.has(tag));
  const format = formats[name];
  const href = attributes.href?.trim() ?? '';
  if (format) add(format);
  else if (name === 'a' && isAddress(href)) {
    without(links);
    add('a', `<a${attribute('href', href)} rel="noopener noreferrer nofollow" target="_blank">`);
  } else if (name === 'span' && isMention(attributes)) {
    const kept = ['data-type', 'data-id', 'data-label'].filter((key) => attributes[key] !== undefined);
    add('span', `<span${kept.map((key) => attribute(key, attributes[key]!)).join('')}>`);
  }
  if (!attributes.style || isHeading || lines[name]?.startsWith('h')) return now;
  const { weight, style, decoration } = styleOf(attributes.style);
  if (/^(normal|lighter|[1-5]00)$/.test(weight)) without(bold);
  else if (/^(bold|bolder|[6-9]00)$/.test(weight) && !has(bold)) add('strong');
  if (style === 'normal') without(italic);
  else if (/^(italic|oblique)$/.test(style) && !has(italic)) add('em');
  if (decoration.includes('line-through') && !has(struck)) add('s');
  if (decoration.includes('underline') && !has(underlined)) add('u');
  return now;
}

const links: ReadonlySet<string> = new Set(['a']);
const struck: ReadonlySet<string> = new Set(['s']);
/** Links are underlined anyway. */
const underlined: ReadonlySet<string> = new Set(['u', 'a']);

const style_characters_max = 2_000;

function styleOf(text: string): { weight: string; style: string; decoration: string } {
  const declared = new Map<string, string>();
  for (const declaration of text.slice(0, style_characters_max).split(';')) {
    const [property = '', value = ''] = declaration.split(':');
    declared.set(property.trim().toLowerCase(), value.replace(/!important/i, '').trim().toLowerCase()); // biome-ignore format: one expression
  }
  const value = (property: string) => declared.get(property) ?? '';
  return {
    weight: value('font-weight'),
    style: value('font-style'),
    decoration: `${value('text-decoration')} ${value('text-decoration-line')}`,
  };
}
