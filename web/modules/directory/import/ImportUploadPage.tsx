export default function ImportUploadPage() {
  return null;
}
