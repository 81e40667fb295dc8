/** Answers that are no success: what is wrong, and what to do. */

export const noStore = { "cache-control": "no-store" };

export function problem(status: number, message: string, hint: string): Response {
  return Response.json({ message, hint }, { status, headers: noStore });
}

/** @param methods those that the path takes */
export function notAllowed(methods: string): Response {
  const response = problem(405, "This path does not take that method.", `Use ${methods}.`);
  response.headers.set("allow", methods);
  return response;
}
