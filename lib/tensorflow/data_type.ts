/** TensorFlow's numbers for its data types (`TF_DataType` in `tf_datatype.h`), as far as they occur here. */
export const DataType = {
  FLOAT: 1,
  DOUBLE: 2,
  INT32: 3,
  UINT8: 4,
  INT16: 5,
  INT8: 6,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  BFLOAT16: 14,
  HALF: 19,
  RESOURCE: 20,
  VARIANT: 21,
} as const;

/** TensorFlow's numbers for the kinds of attribute (`TF_AttrType` in `tf_attrtype.h`). */
export const AttributeType = {
  STRING: 0,
  INT: 1,
  FLOAT: 2,
  BOOL: 3,
  TYPE: 4,
  SHAPE: 5,
  TENSOR: 6,
  FUNCTION: 8,
} as const;

/** The bytes that one element takes, or undefined where they vary (strings) or are opaque. */
export function elementBytes(type: number): number | undefined {
  switch (type) {
    case DataType.UINT8:
    case DataType.INT8:
    case DataType.BOOL:
      return 1;
    case DataType.INT16:
    case DataType.HALF:
    case DataType.BFLOAT16:
      return 2;
    case DataType.FLOAT:
    case DataType.INT32:
      return 4;
    case DataType.DOUBLE:
    case DataType.INT64:
    case DataType.COMPLEX64:
      return 8;
    default:
      return undefined;
  }
}
