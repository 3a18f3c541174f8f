export default function ApiKeyPage() {
  return null;
}
