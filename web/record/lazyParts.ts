import { lazy } from 'react';

const loadPanel = () => import('./RecordPanel.tsx');
const loadForm = () => import('./RecordFormDialog.tsx');
const loadEditor = async () => {
  editor = await import('./InlineEditor.tsx');
  return editor;
};
let editor: typeof import('./InlineEditor.tsx') | undefined;
const loadSelectionActions = () => import('./SelectionActions.tsx');

/** What a list needs only once somebody does something with it. */
export const LazyRecordPanel = lazy(loadPanel);
export const LazyRecordForm = lazy(loadForm);
export const LazyInlineEditor = lazy(loadEditor);
/** Once it is there it is drawn at once, so that the key that began the edit lands in it. */
export const inlineEditor = () => editor?.default ?? LazyInlineEditor;
export const LazySelectionActions = lazy(loadSelectionActions);
export const LazyMergeDialog = lazy(() => import('../modules/directory/merge/MergeDialog.tsx'));
export const LazyRecordRelated = lazy(() => import('./RecordRelated.tsx'));
export const LazyViewMenu = lazy(() => import('./view/ViewMenu.tsx'));
export const LazyRecordBoard = lazy(() => import('./layouts/RecordBoard.tsx'));
export const LazyRecordGroups = lazy(() => import('./layouts/RecordGroups.tsx'));
export const LazyRecordCalendar = lazy(() => import('./layouts/RecordCalendar.tsx'));
export const LazyGroupPicker = lazy(() => import('./layouts/GroupPicker.tsx'));
export const LazyByPicker = lazy(() => import('./layouts/ByPicker.tsx'));
export const LazyAsOfPicker = lazy(() => import('./AsOfPicker.tsx'));
export const LazyStateActions = lazy(() => import('./StateActions.tsx'));
export const LazyReversal = lazy(() => import('./Reversal.tsx'));
export const LazyFilterBar = lazy(() => import('./filter/FilterBar.tsx'));

/** Fetches what the next click will want, once the list itself is there. */
export function preloadParts(): void {
  // First what a single key wants.
  void loadEditor();
  void loadPanel();
  void loadForm();
  void loadSelectionActions();
  void import('./sheet/writeCells.ts');
}
