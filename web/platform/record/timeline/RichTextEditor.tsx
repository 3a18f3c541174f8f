import { createDocument, type Editor, EditorContent, useEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { Bold, Italic, Link as LinkIcon, List, ListOrdered, Paperclip } from 'lucide-react';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { isComposing } from '../../../ui/composing.ts';
import { cx } from '../../../ui/cx.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { isMeantAsAddress } from './autoLink.ts';
import { cleanHtml } from './cleanHtml.ts';
import { LinkDialog } from './LinkDialog.tsx';
import { type Audience, mentionOf } from './mention.ts';
import { toAddress } from './webAddress.ts';

/** More than a note or comment may hold, for what is pasted brings markup that goes. */
const pasted_characters_max = 500_000;

interface RichTextEditorProps {
  label: string;
  /** Whom it may mention. */
  audience: Audience;
  value: string;
  onChange: (html: string) => void;
  onSubmit: () => void;
  placeholder: string;
  /** Takes files that are dropped, pasted or chosen; without it there are none. */
  onFiles?: ((files: File[]) => void) | undefined;
  /** It takes the focus when it appears. */
  focused?: boolean;
  ref?: Ref<RichTextHandle>;
}

export interface RichTextHandle {
  /**
   * Takes this text out where it is the beginning of what is written, or all of it; otherwise changes nothing and
   * returns false.
   */
  takeOut(html: string): boolean;
}

export default function RichTextEditor(props: RichTextEditorProps) {
  const { label, value, onChange, onFiles, placeholder, focused = false } = props;
  const picker = useRef<HTMLInputElement>(null);
  const [linking, setLinking] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  const takeFiles = (event: Event, transfer: DataTransfer | null): boolean => {
    const dropped = [...(transfer?.files ?? [])];
    if (dropped.length === 0 || !latest.current.onFiles) return false;
    event.preventDefault();
    latest.current.onFiles(dropped);
    return true;
  };
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ link: { openOnClick: false, shouldAutoLink: isMeantAsAddress } }),
      mentionOf(() => latest.current.audience),
    ],
    autofocus: focused && 'end',
    content: value,
    // Its styles are in base.css: the policy allows no style that a script writes.
    injectCSS: false,
    editorProps: {
      attributes: {
        'aria-label': label,
        role: 'textbox',
        'aria-multiline': 'true',
        class: 'rich-text min-h-16 rounded-md px-3 py-2 -outline-offset-2',
      },
      // Before the editor reads it: what is pasted must not run.
      transformPastedHTML: cleanHtml,
      handleDrop: (_, event) => takeFiles(event, event.dataTransfer),
      handlePaste: (_, event) => {
        const pasted = event.clipboardData;
        const html = pasted?.getData('text/html') ?? '';
        const text = pasted?.getData('text/plain') ?? '';
        // Spreadsheets and word processors put a picture of the text beside it.
        if ((html === '' || text === '') && takeFiles(event, pasted)) return true;
        const length = Math.max(html.length, text.length);
        if (length <= pasted_characters_max) return false;
        toast(
          t('That is too much to paste: {count, number} characters. Attach it as a file, or paste a part.', {
            count: length,
          }),
          { kind: 'error' },
        );
        return true;
      },
      handleKeyDown: (_, event) => {
        if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || isComposing(event)) return false;
        latest.current.onSubmit();
        return true;
      },
    },
    onUpdate: ({ editor: changed }) => onChange(changed.isEmpty ? '' : changed.getHTML()),
  });

  // Emptied from outside once it is saved, which is nothing that somebody wrote.
  useEffect(() => {
    if (value === '' && editor && !editor.isEmpty) editor.commands.clearContent(false);
  }, [value, editor]);
  useImperativeHandle(
    props.ref,
    () => ({ takeOut: (html: string) => editor !== null && takeOutBeginning(editor, html) }),
    [editor],
  );

  if (!editor) return <div className="min-h-16" />;
  const marks = [
    {
      label: t('Bold'),
      keys: 'mod b',
      icon: Bold,
      active: editor.isActive('bold'),
      run: () => editor.chain().focus().toggleBold().run(),
    },
    {
      label: t('Italic'),
      keys: 'mod i',
      icon: Italic,
      active: editor.isActive('italic'),
      run: () => editor.chain().focus().toggleItalic().run(),
    },
    {
      label: t('List'),
      icon: List,
      active: editor.isActive('bulletList'),
      run: () => editor.chain().focus().toggleBulletList().run(),
    },
    {
      label: t('Numbered list'),
      icon: ListOrdered,
      active: editor.isActive('orderedList'),
      run: () => editor.chain().focus().toggleOrderedList().run(),
    },
    {
      label: t('Link'),
      icon: LinkIcon,
      active: editor.isActive('link'),
      run: () => {
        const { from, to } = editor.state.selection;
        const href = toAddress(editor.state.doc.textBetween(from, to, ' '));
        if (editor.isActive('link')) editor.chain().focus().extendMarkRange('link').unsetLink().run();
        else if (href) editor.chain().focus().setLink({ href }).run();
        else setLinking(true);
      },
    },
  ];
  return (
    <div>
      <div className="relative max-h-72 min-h-16 overflow-y-auto">
        {editor.isEmpty && (
          <span aria-hidden="true" className="pointer-events-none absolute top-2 start-3 text-14 text-faint">
            {placeholder}
          </span>
        )}
        <EditorContent editor={editor} />
      </div>
      <div role="toolbar" aria-label={t('Format')} className="flex gap-0.5 px-1.5">
        {marks.map(({ label: what, keys, icon: Icon, active, run }) => (
          <IconButton
            key={what}
            label={what}
            keys={keys}
            size="small"
            aria-pressed={active}
            className={cx(active && 'bg-pressed text-ink')}
            onClick={run}
          >
            <Icon size={14} />
          </IconButton>
        ))}
        {onFiles && (
          <>
            <IconButton label={t('Attach files')} size="small" onClick={() => picker.current?.click()}>
              <Paperclip size={14} />
            </IconButton>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label={t('Files to attach')}
              onChange={(event) => {
                onFiles([...(event.target.files ?? [])]);
                event.target.value = '';
              }}
            />
          </>
        )}
      </div>
      {linking && <LinkDialog onLink={(href) => addLink(editor, href)} onClose={() => setLinking(false)} />}
    </div>
  );
}

/** Makes the selected words a link; where none are, the address itself becomes one. */
function addLink(editor: Editor, href: string): void {
  const link = { type: 'link', attrs: { href } };
  if (editor.state.selection.empty)
    editor
      .chain()
      .focus()
      .insertContent({ type: 'text', text: href, marks: [link] })
      .run();
  else editor.chain().focus().setLink({ href }).run();
}

function takeOutBeginning(editor: Editor, html: string): boolean {
  const beginning = createDocument(html, editor.schema, { preserveWhitespace: 'full' });
  const { size } = beginning.content;
  const end = beginning.content.findDiffStart(editor.state.doc.content) ?? size;
  // Only the ends of its blocks may stand behind the place where the two begin to differ.
  if (beginning.textBetween(end, size, '', ' ') !== '') return false;
  return editor.commands.deleteRange({ from: 0, to: end });
}
