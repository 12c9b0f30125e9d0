import ts from "typescript";

/** A mistake in a cell, as a reader counts: lines and columns from 1. */
export interface CellMistake {
  line: number;
  column: number;
  /** How many characters are underlined, on one line. */
  length: number;
  /** What is wrong, without a full stop. */
  message: string;
}

/** What a cell's syntax says of it. */
export interface ParsedCell {
  /** What keeps it from being parsed; empty where it is sound. */
  syntaxErrors: CellMistake[];
  /** The names that it declares for the cells after it (imports too). */
  declared: string[];
  /** Whether it has import statements. */
  imports: boolean;
}

/** How the kernel's side of waiting is reached from a cell. */
const UNTIL = `globalThis[Symbol.for("thorax.until")]`;

/** Parses a cell of TypeScript as the kernel takes it: a module's statements, with `await` at the top level. */
export function parseCell(code: string): ParsedCell {
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { diagnostics = [] } = ts.transpileModule(code, {
    compilerOptions: options,
    reportDiagnostics: true,
  });
  const syntaxErrors = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error)
    .map(({ start = 0, length = 1, messageText }) =>
      mistakeAt(code, { start, length, message: ts.flattenDiagnosticMessageText(messageText, " ") })
    );
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true);
  return {
    syntaxErrors,
    declared: source.statements.flatMap(namesOf),
    imports: source.statements.some(ts.isImportDeclaration),
  };
}

/** A mistake at an offset of a text. */
export function mistakeAt(
  code: string,
  { start, length, message }: { start: number; length: number; message: string },
): CellMistake {
  const before = code.slice(0, start).split("\n");
  const rest = code.slice(start).split("\n")[0]!.length;
  return {
    line: before.length,
    column: before.at(-1)!.length + 1,
    length: Math.max(1, Math.min(length, rest)),
    message: message.replace(/\.$/, ""),
  };
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    const names = [
      clause?.name,
      ...(bindings === undefined
        ? []
        : ts.isNamespaceImport(bindings)
        ? [bindings.name]
        : bindings.elements.map(({ name }) => name)),
    ];
    return names.flatMap((name) => name ? [name.text] : []);
  }
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return named && statement.name ? [statement.name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => ts.isOmittedExpression(element) ? [] : boundNames(element.name));
}

/**
 * The cell with every `await` outside of functions handed to `globalThis[Symbol.for("thorax.until")]`, so that a
 * waiting cell can be ended. No line is moved.
 *
 * @param afterImports A statement that is put behind the last import, where there is one.
 */
export function interruptibleCell(code: string, afterImports = ""): string {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true);
  const insertions: { at: number; text: string }[] = [];
  const wrap = (expression: ts.Expression, text: string) => {
    insertions.push({ at: expression.getStart(source), text: `${text}(` });
    insertions.push({ at: expression.end, text: ")" });
  };
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isAwaitExpression(node)) wrap(node.expression, UNTIL);
    if (ts.isForOfStatement(node) && node.awaitModifier) wrap(node.expression, `${UNTIL}.each`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  const lastImport = source.statements.findLast(ts.isImportDeclaration);
  if (lastImport && afterImports !== "") insertions.push({ at: lastImport.end, text: `;${afterImports};` });
  return insertions
    .map((insertion, order) => ({ ...insertion, order }))
    .sort((a, b) => b.at - a.at || b.order - a.order)
    .reduce((text, { at, text: inserted }) => text.slice(0, at) + inserted + text.slice(at), code);
}

/** The same cell with a name that it declares called otherwise, wherever it stands for the variable. */
export function renameInCell(code: string, name: string, renamed: string): string {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true);
  const changes: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) && node.text === name) {
      const change = renaming(node, renamed);
      if (change !== null) changes.push({ start: node.getStart(source), end: node.end, text: change });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes.reverse().reduce(
    (text, { start, end, text: changed }) => text.slice(0, start) + changed + text.slice(end),
    code,
  );
}

/** What stands instead of an identifier when its variable is called otherwise; null where it is none. */
function renaming(node: ts.Identifier, renamed: string): string | null {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return null;
  if (ts.isQualifiedName(parent) && parent.right === node) return null;
  if (ts.isShorthandPropertyAssignment(parent)) return `${node.text}: ${renamed}`;
  if (ts.isImportSpecifier(parent)) {
    if (parent.propertyName === node) return null;
    return parent.propertyName === undefined ? `${node.text} as ${renamed}` : renamed;
  }
  if (ts.isBindingElement(parent)) {
    if (parent.propertyName === node) return null;
    const isShort = parent.name === node && parent.propertyName === undefined && !parent.dotDotDotToken &&
      ts.isObjectBindingPattern(parent.parent);
    return isShort ? `${node.text}: ${renamed}` : renamed;
  }
  const isKey =
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent) ||
      ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent)) && parent.name === node;
  return isKey ? null : renamed;
}
