export default function ImportListPage() {
  return null;
}
