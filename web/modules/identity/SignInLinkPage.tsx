export default function SignInLinkPage() {
  return null;
}
