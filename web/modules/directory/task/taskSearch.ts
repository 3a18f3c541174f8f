export const taskViews = ['mine', 'all', 'done'] as const;
export type TaskView = (typeof taskViews)[number];

export interface TaskSearch {
  view?: TaskView;
  create?: boolean;
}

export function taskSearch(search: Record<string, unknown>): TaskSearch {
  return { view: taskViews.find((view) => view === search.view), create: search.create === true || undefined };
}
