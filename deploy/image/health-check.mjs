// Ends with 0 when the process that serves in this container is ready. The image has no curl.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/api/health/ready`).catch((error) => error);
if (answer.status !== 200) {
  console.error(answer instanceof Error ? answer.message : await answer.text());
  process.exitCode = 1;
}
