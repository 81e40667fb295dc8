/** Characters that take no place on the screen: zero-width, bidi controls, fillers, variation selectors, tags. */

const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/** The text as a person sees it, without what cannot be seen. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, "");
}
