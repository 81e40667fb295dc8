/**
 * Every small change of a source file that could be a fault: comparisons turned round, conditions dropped or forced, words
 * exchanged for others of the same type. Found in the syntax tree, with the compiler's types; nothing is sampled.
 */
import { fileURLToPath } from "node:url";
import * as ast from "typescript/unstable/ast";
import { API, type Checker, type Type } from "typescript/unstable/sync";

export interface Mutation {
  /** In `src`. */
  readonly file: string;
  readonly line: number;
  /** The lines that change, as they are and as they become, without their indentation. */
  readonly from: string;
  readonly to: string;
  /** The whole file with the change in it. */
  readonly text: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The mutations of each file, in the order of their places. */
export function mutationsOf(files: readonly string[]): readonly Mutation[] {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] }).getProjects();
    const { program, checker } = project!;
    return files.flatMap((file) => mutationsIn(file, program.getSourceFile(`${root}src/${file}`)!, checker));
  } finally {
    api.close();
  }
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function mutationsIn(file: string, source: ast.SourceFile, checker: Checker): readonly Mutation[] {
  const found = new Map<string, Mutation>();
  const visit = (node: ast.Node): void => {
    if (isOnlyType(node)) return;
    for (const { from, to, text } of editsOf(node, source, checker)) {
      const whole = source.text.slice(0, from) + text + source.text.slice(to);
      if (whole === source.text || found.has(whole)) continue;
      const start = source.text.lastIndexOf("\n", from) + 1;
      const end = source.text.indexOf("\n", to);
      found.set(whole, {
        file,
        line: source.text.slice(0, from).split("\n").length,
        from: brief(source.text.slice(start, end)),
        to: brief(source.text.slice(start, from) + text + source.text.slice(to, end)),
        text: whole,
      });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}

const brief = (text: string): string => text.trim().replace(/\s+/g, " ");

const isOnlyType = (node: ast.Node): boolean =>
  ast.isTypeNode(node) ||
  ast.isTypeAliasDeclaration(node) ||
  ast.isInterfaceDeclaration(node) ||
  ast.isImportDeclaration(node);

function* editsOf(node: ast.Node, source: ast.SourceFile, checker: Checker): Generator<Edit> {
  const [from, to] = [node.getStart(source), node.end];
  const put = (text: string): Edit => ({ from, to, text });
  if (ast.isBinaryExpression(node)) yield* editsOfOperator(node, source);
  if (ast.isConditionalExpression(node)) {
    yield put(node.whenTrue.getText(source));
    yield put(node.whenFalse.getText(source));
  }
  if (node.kind === ast.SyntaxKind.TrueKeyword) yield put("false");
  if (node.kind === ast.SyntaxKind.FalseKeyword) yield put("true");
  if (ast.isPrefixUnaryExpression(node) && node.operator === ast.SyntaxKind.ExclamationToken)
    yield put(node.operand.getText(source));
  if (isMembership(node)) yield put(`!${node.getText(source)}`);
  if (isCondition(node, checker)) {
    yield put("true");
    yield put("false");
  }
  if (isDigit(node)) {
    for (const { name } of checker.getPropertiesOfType(checker.getTypeAtLocation(node.expression)!))
      yield put(`${node.expression.getText(source)}.${name}`);
  }
  if (ast.isStringLiteral(node))
    for (const word of wordsOf(node, checker)) if (word !== node.text) yield put(JSON.stringify(word));
}

const opposite: ReadonlyMap<string, string> = new Map([
  ["===", "!=="],
  ["!==", "==="],
  ["&&", "||"],
  ["||", "&&"],
]);

function* editsOfOperator(node: ast.BinaryExpression, source: ast.SourceFile): Generator<Edit> {
  const [from, to] = [node.getStart(source), node.end];
  const operator = node.operatorToken.getText(source);
  const [left, right] = [node.left.getText(source), node.right.getText(source)];
  const other = opposite.get(operator);
  // Parentheses, so that what is turned round stays one operand.
  if (other !== undefined) yield { from, to, text: `(${left} ${other} ${right})` };
  if (operator === "??") {
    yield { from, to, text: left };
    yield { from, to, text: `(${right})` };
  }
}

/** A call of `has`, or of a function that stands for it. */
const isMembership = (node: ast.Node): boolean =>
  ast.isCallExpression(node) &&
  (ast.isPropertyAccessExpression(node.expression)
    ? node.expression.name.getText() === "has"
    : node.expression.getText() === "holds");

/** A word as the number that stands for it. */
const isDigit = (node: ast.Node): node is ast.PropertyAccessExpression =>
  ast.isPropertyAccessExpression(node) &&
  ast.isPropertyAccessExpression(node.expression) &&
  node.expression.expression.getText() === "digits";

/** Whether the expression is asked for being true: what an `if` waits for, a part of a condition, or a boolean answer. */
function isCondition(node: ast.Node, checker: Checker): boolean {
  const { parent } = node;
  if (parent === undefined || isLiteralTruth(node)) return false;
  if (ast.isParenthesizedExpression(parent)) return false;
  if (ast.isIfStatement(parent)) return parent.expression === node;
  if (ast.isConditionalExpression(parent) && parent.condition === node) return true;
  if (ast.isBinaryExpression(parent) && ["&&", "||"].includes(parent.operatorToken.getText()))
    return node !== parent.operatorToken;
  if (ast.isPrefixUnaryExpression(parent)) return true;
  const isAnswer =
    (ast.isArrowFunction(parent) && parent.body === node) ||
    ast.isReturnStatement(parent) ||
    (ast.isPropertyAssignment(parent) && parent.initializer === node) ||
    (ast.isVariableDeclaration(parent) && parent.initializer === node) ||
    (ast.isConditionalExpression(parent) && parent.condition !== node);
  return isAnswer && membersOf(checker.getTypeAtLocation(node)).every((type) => type?.isBooleanLiteralType());
}

const isLiteralTruth = ({ kind }: ast.Node): boolean =>
  kind === ast.SyntaxKind.TrueKeyword || kind === ast.SyntaxKind.FalseKeyword;

/** The closed words that could stand here by the types; none where any text could. */
function wordsOf(node: ast.StringLiteral, checker: Checker): readonly string[] {
  const { parent } = node;
  const isCompared =
    ast.isBinaryExpression(parent) && ["===", "!=="].includes(parent.operatorToken.getText());
  const beside = isCompared ? (parent.left === node ? parent.right : parent.left) : null;
  const asked = ast.isCaseClause(parent) ? parent.parent.parent : beside;
  const subject = asked !== null && ast.isSwitchStatement(asked) ? asked.expression : asked;
  const type =
    subject === null ? checker.getContextualType(node) : checker.getTypeAtLocation(subject as ast.Expression);
  return membersOf(type).flatMap((each) => (each?.isStringLiteralType() ? [each.value] : []));
}

function membersOf(type: Type | undefined): readonly (Type | undefined)[] {
  return type?.isUnionType() ? type.getTypes() : [type];
}
