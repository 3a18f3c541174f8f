import { lazyPart } from '../../text/lazy.ts';
import { loadEditor } from './lazyEditor.ts';
import { loadForm } from './lazyForm.ts';

const loadPanel = () => import('./RecordPanel.tsx');
const loadSelectionActions = () => import('./SelectionActions.tsx');

/** What a list needs only once somebody does something with it. */
export const LazyRecordPanel = lazyPart(loadPanel);
export const LazySelectionActions = lazyPart(loadSelectionActions);
export const LazyViewMenu = lazyPart(() => import('./view/ViewMenu.tsx'));
export const LazyViewMissing = lazyPart(() => import('./ViewMissing.tsx'));
export const LazyRecordBoard = lazyPart(() => import('./layouts/RecordBoard.tsx'));
export const LazyRecordGroups = lazyPart(() => import('./layouts/RecordGroups.tsx'));
export const LazyRecordCalendar = lazyPart(() => import('./layouts/RecordCalendar.tsx'));
export const LazyGroupPicker = lazyPart(() => import('./layouts/GroupPicker.tsx'));
export const LazyLostLayout = lazyPart(() => import('./layouts/LostLayout.tsx'));
export const LazyByPicker = lazyPart(() => import('./layouts/ByPicker.tsx'));
export const LazySortPicker = lazyPart(() => import('./layouts/SortPicker.tsx'));
export const LazyAsOfPicker = lazyPart(() => import('./AsOfPicker.tsx'));
export const LazySealedSearchButton = lazyPart(() => import('./SealedSearchButton.tsx'));
export const LazyFilterBar = lazyPart(() => import('./filter/FilterBar.tsx'));

/** Fetches what the next click will want, once the list itself is there. */
export function preloadParts(): void {
  // First what a single key wants.
  void loadEditor();
  void loadPanel();
  void loadForm();
  void loadSelectionActions();
  void import('./sheet/writeCells.ts');
}
