/** Takes out characters that nobody sees: words can be written in them that only a model reads. */

/** Zero-width, fillers, tags, variation selectors, marks of direction, private ones, controls that are no white space. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}]|(?![\t\n\r])\p{Cc}/gu;

export const withoutInvisible = (text: string) => text.replaceAll(invisible, "");
