extension Parameters {
  /// What `protoc-gen-pasarela --help` prints.
  public static let help = """
    protoc-gen-pasarela: Swift messages and services from .proto files.

    It is a protoc plugin: protoc writes a CodeGeneratorRequest to its standard input.

      protoc --plugin=protoc-gen-pasarela=PATH --pasarela_out=DIR \\
        --pasarela_opt=NAME=VALUE ... FILE.proto ...

    Give all files of one Swift module in one run. Each FILE.proto becomes FILE.pb.swift
    (messages), and FILE.rpc.swift when it has services; each package becomes one caseless
    enum, declared in <Namespace>.pb.swift beside its first file. Files of one name in several
    folders get those of the folders in front: a/v1/b.proto becomes a/v1/a_v1_b.pb.swift.

    Options:
      Namespace=PACKAGE:NAME        the enum of a package; default: the package in camel case
                                    (safemobility.v1 is SafemobilityV1, google.rpc is GoogleRPC)
      ModuleMappings=PATH:MODULE    the Swift module of a schema file, or of a folder when PATH
                                    ends in /; the longest match wins. google/protobuf/ and
                                    google/rpc/ belong to Protobuf. Files without a mapping
                                    belong to the module being generated
      Module=NAME                   the module being generated, when a mapping names it
      Visibility=public|package|internal    default: public
      Services=true|false           write FILE.rpc.swift; default: true

    Names: fields, methods and enum cases are lowerCamelCase, types UpperCamelCase. An enum's
    own name is dropped from the front of its cases. Keywords get back-ticks. A name that Swift
    or the runtime needs for itself (self, Type, String, unknownFields, a case named none) and a
    name already taken in its scope get a trailing underscore.

    Deprecated fields and client methods carry @available(*, deprecated). Deprecated types and
    enum values say so in their documentation only, because generated code must name them.

    proto2: every singular field is optional, a default is documentation, extensions stay unknown
    fields; required is not enforced.

    Refused with an error: editions, proto2 groups, message_set_wire_format.
    """
}
