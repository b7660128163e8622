"""Messages of a descriptor set, without generated code."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Schema:
    def __init__(self, path):
        with open(path, "rb") as file:
            waiting = list(descriptor_pb2.FileDescriptorSet.FromString(file.read()).file)
        self.pool = descriptor_pool.DescriptorPool()
        known = set()
        # A file goes in behind those that it imports.
        while waiting:
            ready = [file for file in waiting if known.issuperset(file.dependency)]
            assert ready, f"imports are missing: {[file.name for file in waiting]}"
            for file in ready:
                self.pool.AddSerializedFile(file.SerializeToString())
                known.add(file.name)
            waiting = [file for file in waiting if file.name not in known]

    def __getitem__(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
